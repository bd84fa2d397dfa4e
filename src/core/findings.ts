import type { Where } from './by-server.ts'
import { type Threads, threadsFromVariables, threadVariables } from './thread-pool.ts'

/** What this server answered when it was asked what it can do, and for this account. */
export interface Findings extends Threads {
  readonly instanceLock: Ability
  readonly backupStage: Ability
  /** have_backup_locks: LOCK TABLES FOR BACKUP and LOCK BINLOG FOR BACKUP of Percona Server. */
  readonly backupLocks: boolean
  readonly binaryLog: 'on' | 'off'
  /** Blocks of MyISAM's key cache that a table with DELAY_KEY_WRITE keeps from the disk. */
  readonly dirtyKeyBlocks: number
  /** A node of Galera (MariaDB, Percona XtraDB Cluster) with its provider loaded. */
  readonly galera: boolean
  readonly maxConnections: number
  /** Where the server shows who has which lock, to this account. */
  readonly lockView: LockView
  readonly isReplica: IsReplica
}

/** `may be`: the account may not ask, and there are signs. */
export type IsReplica = 'yes' | 'no' | 'may be'

export type Ability = 'can' | 'may not' | 'cannot'

/** METADATA_LOCK_INFO is MariaDB's plugin; metadata_locks is the table of performance_schema, with its instrument on. */
export type LockView = 'METADATA_LOCK_INFO' | 'metadata_locks' | 'none'

/**
 * A harmless statement whose error tells whether a lock can be had: releasing what nobody holds. `UNLOCK INSTANCE` and
 * `BACKUP STAGE END` ask for the same privilege as taking it (seen on MySQL 9.7 and MariaDB 10.5, 10.11, 11.8).
 */
export interface Probe extends Where {
  readonly say: string
  /** Errors that only a server gives that can do it. */
  readonly canErrors: readonly number[]
}

export const probeTable = {
  instanceLock: { on: ['mysql', 'percona'], say: 'UNLOCK INSTANCE', canErrors: [] },
  // 4146: ER_BACKUP_NOT_RUNNING
  backupStage: { on: ['mariadb'], say: 'BACKUP STAGE END', canErrors: [4146] },
} as const satisfies Record<string, Probe>

/** What the answer to a probe means; `errno` is null where there was no error. */
export function abilityFrom({ canErrors }: Probe, errno: number | null): Ability {
  if (errno === null || canErrors.includes(errno)) return 'can'
  return errno === 1227 ? 'may not' : 'cannot' // ER_SPECIFIC_ACCESS_DENIED_ERROR
}

/** The variables that findings are read from, as SHOW GLOBAL VARIABLES names them. */
export const findingVariables = [
  'have_backup_locks',
  'log_bin',
  'max_connections',
  'wsrep_on',
  'wsrep_provider',
  ...threadVariables,
] as const

/** From the rows of SHOW GLOBAL VARIABLES. */
export function findingsFromVariables(
  rows: ReadonlyMap<string, string>,
): Pick<Findings, 'backupLocks' | 'binaryLog' | 'galera' | 'maxConnections' | keyof Threads> {
  const provider = rows.get('wsrep_provider') ?? 'none'
  return {
    backupLocks: rows.get('have_backup_locks') === 'YES',
    binaryLog: rows.get('log_bin') === 'ON' ? 'on' : 'off',
    galera: rows.get('wsrep_on') === 'ON' && provider !== 'none' && provider !== '',
    maxConnections: Number(rows.get('max_connections') ?? Number.POSITIVE_INFINITY),
    ...threadsFromVariables(rows),
  }
}
