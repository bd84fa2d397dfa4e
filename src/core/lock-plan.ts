import { isAtLeast, type Server } from './server.ts'

/** What is sent to this server, and how its lock behaves. One table: server family and version to statements. */
export interface LockPlan {
  readonly lock: string
  readonly unlock: string
  readonly coordinates: string
  /** Which granted rows of performance_schema.metadata_locks are this lock, and how many object types they span. */
  readonly seenAs: { readonly rows: string; readonly objectTypes: number }
  /** An expression for the GTID position; null where the coordinates statement has it (Executed_Gtid_Set). */
  readonly gtid: string | null
  /** An expression that tells this server from every other. */
  readonly uuid: string | null
  /**
   * FLUSH TABLES WITH READ LOCK waits until every table in use is closed, plain SELECTs included, and
   * keeps new statements out meanwhile. MariaDB >= 10.4 waits for statements that write alone.
   */
  readonly waitsForReaders: boolean
  /** Session settings of the family; the general ones are the same everywhere. */
  readonly session: readonly string[]
  /** Session settings that not every build of the family has. */
  readonly sessionIfThere: readonly string[]
}

export function lockPlanFor(server: Pick<Server, 'family' | 'version'>): LockPlan {
  return server.family === 'mariadb' ? mariadb(server) : mysql(server)
}

const ftwrl = {
  lock: 'FLUSH TABLES WITH READ LOCK',
  unlock: 'UNLOCK TABLES',
  // Galera: a read must not wait for the cluster.
  sessionIfThere: ['wsrep_sync_wait = 0'],
}

function mysql(server: Pick<Server, 'version'>): LockPlan {
  return {
    ...ftwrl,
    seenAs: { rows: "OBJECT_TYPE IN ('GLOBAL', 'COMMIT') AND LOCK_TYPE = 'SHARED'", objectTypes: 2 },
    coordinates: isAtLeast(server, '8.2') ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
    gtid: null,
    uuid: isAtLeast(server, '5.6') ? '@@GLOBAL.server_uuid' : null,
    waitsForReaders: true,
    session: isAtLeast(server, '5.7.8') ? ['max_execution_time = 0'] : [],
  }
}

function mariadb(server: Pick<Server, 'version'>): LockPlan {
  return {
    ...ftwrl,
    // It becomes BACKUP_FTWRL2, but is shown as it began (seen on 10.11 and 11.8).
    seenAs: { rows: "OBJECT_TYPE = 'BACKUP' AND LOCK_TYPE LIKE 'BACKUP_FTWRL%'", objectTypes: 1 },
    coordinates: 'SHOW MASTER STATUS',
    gtid: '@@GLOBAL.gtid_binlog_pos',
    uuid: isAtLeast(server, '10.5.26') ? '@@GLOBAL.server_uid' : null,
    waitsForReaders: !isAtLeast(server, '10.4'),
    session: ['max_statement_time = 0'],
  }
}
