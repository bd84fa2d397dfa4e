import { rowFor, type Where } from './by-server.ts'
import type { Server } from './server.ts'

interface Saying extends Where {
  readonly say: string
}

const mysqls = ['mysql', 'percona'] as const
const all = ['mysql', 'percona', 'mariadb'] as const

/**
 * What is said differently by family and version, apart from the lock (lock-table.ts). The first row that applies is
 * taken; where none does, the server has no such thing. Sources: the manuals of MySQL 5.6 to 9.x, MariaDB and Percona
 * Server, and each statement run on MySQL 5.6, 5.7, 9.7 and MariaDB 10.5, 10.11, 11.8; Percona Server and MySQL 8.0 and 8.4
 * by the manuals alone.
 */
export const dialectTable = {
  /** One row with File and Position; none where the binary log is off. MySQL's has Executed_Gtid_Set, from 5.6 on. */
  coordinates: [
    { on: mysqls, from: '8.2', say: 'SHOW BINARY LOG STATUS' },
    { on: all, say: 'SHOW MASTER STATUS' },
  ],
  /** An expression for the GTID position where the coordinates have none. */
  gtid: [{ on: ['mariadb'], from: '10.0.2', say: '@@GLOBAL.gtid_binlog_pos' }],
  /**
   * The variable that tells this server from every other, where the server has it: MariaDB got it in a patch release of each series
   * (10.5.26, 10.6.19, 11.6.1 by its manual), so the server is asked, not its version.
   */
  uuid: [
    { on: mysqls, say: 'server_uuid' },
    { on: ['mariadb'], say: 'server_uid' },
  ],
  /** A session setting, so that no limit on statements ends ours. */
  noTimeLimit: [
    { on: mysqls, from: '5.7.8', say: 'max_execution_time = 0' },
    { on: ['mariadb'], from: '10.1.1', say: 'max_statement_time = 0' },
  ],
  /** The privilege that KILL of others' statements needs. */
  mayKill: [
    { on: mysqls, from: '8.0', say: 'CONNECTION_ADMIN' },
    { on: ['mariadb'], from: '10.5.2', say: 'CONNECTION ADMIN' },
    { on: all, say: 'SUPER' },
  ],
  /** One row for each channel of a replica; none where it is no replica. */
  replicaStatus: [
    { on: mysqls, from: '8.0.22', say: 'SHOW REPLICA STATUS' },
    { on: ['mariadb'], from: '10.0', say: 'SHOW ALL SLAVES STATUS' },
    { on: all, say: 'SHOW SLAVE STATUS' },
  ],
  /** Of one channel, whose quoted name stands for `{channel}`. */
  stopSqlThread: [
    { on: mysqls, from: '8.0.22', say: 'STOP REPLICA SQL_THREAD FOR CHANNEL {channel}' },
    { on: mysqls, from: '5.7.6', say: 'STOP SLAVE SQL_THREAD FOR CHANNEL {channel}' },
    { on: ['mariadb'], from: '10.0', say: 'STOP SLAVE {channel} SQL_THREAD' },
    { on: all, say: 'STOP SLAVE SQL_THREAD' },
  ],
  startSqlThread: [
    { on: mysqls, from: '8.0.22', say: 'START REPLICA SQL_THREAD FOR CHANNEL {channel}' },
    { on: mysqls, from: '5.7.6', say: 'START SLAVE SQL_THREAD FOR CHANNEL {channel}' },
    { on: ['mariadb'], from: '10.0', say: 'START SLAVE {channel} SQL_THREAD' },
    { on: all, say: 'START SLAVE SQL_THREAD' },
  ],
  /** Where each parallel worker has come; needs SELECT on that table. What is not InnoDB, DDL too, is left out by 5.7 (seen there). */
  workerPositions: [
    {
      on: mysqls,
      from: '8.0',
      say: 'SELECT Channel_name, Master_log_name, Master_log_pos FROM mysql.slave_worker_info',
    },
  ],
  /** The privilege that the replica status needs. */
  maySeeReplica: [
    { on: ['mariadb'], from: '10.5.9', say: 'REPLICA MONITOR' },
    { on: ['mariadb'], from: '10.5.2', say: 'REPLICATION SLAVE ADMIN' },
    { on: all, say: 'REPLICATION CLIENT' },
  ],
  /** The privilege that reading the events of its binary log needs. */
  mayReadEvents: [
    { on: ['mariadb'], from: '10.5.2', say: 'BINLOG MONITOR' },
    { on: all, say: 'REPLICATION SLAVE' },
  ],
  /** The privilege that stopping and starting its SQL thread needs. */
  mayStopSqlThread: [
    { on: mysqls, from: '8.0.1', say: 'REPLICATION_SLAVE_ADMIN' },
    { on: ['mariadb'], from: '10.5.2', say: 'REPLICATION SLAVE ADMIN' },
    { on: all, say: 'SUPER' },
  ],
} as const satisfies Record<string, readonly Saying[]>

/** How this server is spoken to; null where it has no such thing. */
export interface Dialect {
  readonly coordinates: string
  readonly mayKill: string
  readonly replicaStatus: string
  readonly stopSqlThread: string
  readonly startSqlThread: string
  readonly maySeeReplica: string
  readonly mayReadEvents: string
  readonly mayStopSqlThread: string
  readonly uuid: string
  readonly workerPositions: string | null
  readonly gtid: string | null
  readonly noTimeLimit: string | null
}

export function dialectOf(server: Pick<Server, 'family' | 'version'>): Dialect {
  const say = (name: keyof Dialect) => rowFor<Saying>(dialectTable[name], server)?.say ?? null
  return {
    // The last rows of these apply to every server.
    coordinates: say('coordinates')!,
    mayKill: say('mayKill')!,
    replicaStatus: say('replicaStatus')!,
    stopSqlThread: say('stopSqlThread')!,
    startSqlThread: say('startSqlThread')!,
    maySeeReplica: say('maySeeReplica')!,
    mayReadEvents: say('mayReadEvents')!,
    mayStopSqlThread: say('mayStopSqlThread')!,
    uuid: say('uuid')!,
    workerPositions: say('workerPositions'),
    gtid: say('gtid'),
    noTimeLimit: say('noTimeLimit'),
  }
}

/** A statement of the table, for this channel. */
export function forChannel(saying: string, channel: string): string {
  const quoted = `'${channel.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
  return saying.replace('{channel}', () => quoted)
}
