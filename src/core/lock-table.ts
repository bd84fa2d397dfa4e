import type { Where } from './by-server.ts'
import type { Findings } from './findings.ts'

export const lockNames = ['ftwrl', 'backup-stage', 'instance', 'backup-locks'] as const
export type LockName = (typeof lockNames)[number]

/** Which statements keep a lock waiting: all of them, those that write, or those that change tables. */
export type WaitsFor = 'all' | 'writes' | 'ddl'

/** One lock as one kind of server does it. */
export interface LockRow extends Where {
  readonly lock: LockName
  /** What the server must have answered when it was asked; else the row does not apply. */
  readonly needs: readonly Need[]
  readonly take: readonly Sent[]
  /** Writers go on after the first of them. */
  readonly release: readonly string[]
  readonly waitsFor: WaitsFor
  /** Do the coordinates stand still while it is held? */
  readonly coordinates: 'stable' | 'not stable'
  /** What waits while it is held, for people. */
  readonly stops: string
  readonly seenAs: SeenAs
  /** Lock types of other sessions that it gets along with, as metadata_locks names them. */
  readonly passes: readonly string[]
  /** The real servers it was run on; none: it is known from the manual alone. */
  readonly ranOn: readonly string[]
}

export interface Sent {
  readonly say: string
  /** What the account needs for it. */
  readonly privilege: string
}

/** How the server shows a lock to who asks; null where it is not known. */
export interface SeenAs {
  /** Granted rows of performance_schema.metadata_locks, and how many object types they span. */
  readonly metadataLocks: { readonly rows: string; readonly objectTypes: number } | null
  /** Modes in MariaDB's METADATA_LOCK_INFO. */
  readonly lockInfo: readonly string[] | null
}

/** A question to the server's findings, and what is said where the answer is no. */
export interface Need {
  readonly isMet: (findings: Findings) => boolean
  readonly else: string
}

const mysqls = ['mysql', 'percona'] as const
const reload = (say: string): Sent => ({ say, privilege: 'RELOAD' })

const instanceLock: Need = {
  isMet: ({ instanceLock: ability }) => ability === 'can',
  else: 'LOCK INSTANCE FOR BACKUP needs MySQL 8 and the privilege BACKUP_ADMIN',
}
/** PXC-4799: on a Galera node LOCK INSTANCE FOR BACKUP and the appliers can wait for each other. */
const instanceGalera: Need = {
  isMet: ({ galera }) => !galera,
  else: 'LOCK INSTANCE FOR BACKUP is not taken on a Galera node (PXC-4799)',
}
const backupStage: Need = {
  isMet: ({ backupStage: ability }) => ability === 'can',
  else: 'BACKUP STAGE needs MariaDB >= 10.4 and the privilege RELOAD',
}
/** MDEV-23080: the appliers of a Galera node passed by the backup lock. */
const stageGalera: Need = {
  isMet: ({ galera }) => !galera,
  else: 'the appliers of a Galera node may pass by BACKUP STAGE (MDEV-23080)',
}
const backupLocks: Need = { isMet: (found) => found.backupLocks, else: 'have_backup_locks is not YES' }
/** What stops commits is LOCK BINLOG FOR BACKUP, and it stops those alone that the binary log would hold. */
const binaryLog: Need = {
  isMet: (found) => found.binaryLog === 'on',
  else: 'backup locks stop commits only where the binary log is on',
}
const keysOnDisk: Need = {
  isMet: ({ dirtyKeyBlocks }) => dirtyKeyBlocks === 0,
  else: 'backup locks close no table, and MyISAM has key blocks that are not on disk (DELAY_KEY_WRITE)',
}

const ftwrl = {
  lock: 'ftwrl',
  take: [reload('FLUSH TABLES WITH READ LOCK')],
  release: ['UNLOCK TABLES'],
  coordinates: 'stable',
  stops: 'every write, every commit and DDL',
  needs: [],
  passes: ['SHARED'],
} as const

const takeInstance: Sent = { say: 'LOCK INSTANCE FOR BACKUP', privilege: 'BACKUP_ADMIN' }

const asGlobal = (types: readonly string[]): SeenAs => ({
  metadataLocks: {
    rows: `OBJECT_TYPE IN (${types.map((type) => `'${type}'`).join(', ')}) AND LOCK_TYPE = 'SHARED'`,
    objectTypes: types.length,
  },
  lockInfo: null,
})

/** Its metadata_locks keep the name of the lock that was asked for first, however it was raised since (seen on 10.5, 10.11, 11.8). */
const asBackup = (lockInfo: readonly string[]): SeenAs => ({
  metadataLocks: { rows: "OBJECT_TYPE = 'BACKUP' AND LOCK_DURATION = 'EXPLICIT'", objectTypes: 1 },
  lockInfo,
})

/**
 * Every lock on every server: capability to statements. Of the rows of one lock the first that applies, and whose needs
 * are met, is taken. `ranOn` says which of them real servers have run; docs/locks.md is made of this table.
 */
export const lockTable: readonly LockRow[] = [
  {
    ...ftwrl,
    on: mysqls,
    from: '8.0',
    needs: [instanceLock, instanceGalera],
    // First: it stops DDL without stopping writers, so that no DDL makes the second wait.
    take: [takeInstance, ...ftwrl.take],
    release: [...ftwrl.release, 'UNLOCK INSTANCE'],
    waitsFor: 'all',
    seenAs: asGlobal(['GLOBAL', 'COMMIT', 'BACKUP LOCK']),
    ranOn: ['mysql-9.7'],
  },
  {
    ...ftwrl,
    on: mysqls,
    waitsFor: 'all',
    seenAs: asGlobal(['GLOBAL', 'COMMIT']),
    ranOn: ['mysql-5.6', 'mysql-5.7', 'mysql-9.7'],
  },
  {
    ...ftwrl,
    on: ['mariadb'],
    from: '10.4',
    waitsFor: 'writes',
    seenAs: asBackup(['MDL_BACKUP_FTWRL2']),
    ranOn: ['mariadb-10.5', 'mariadb-10.11', 'mariadb-11.8'],
  },
  {
    ...ftwrl,
    on: ['mariadb'],
    below: '10.4',
    waitsFor: 'all',
    seenAs: asGlobal(['GLOBAL', 'COMMIT']),
    ranOn: [],
  },
  {
    lock: 'backup-stage',
    on: ['mariadb'],
    from: '10.4',
    needs: [backupStage, stageGalera],
    take: [
      reload('BACKUP STAGE START'),
      reload('BACKUP STAGE FLUSH'),
      reload('BACKUP STAGE BLOCK_DDL'),
      reload('BACKUP STAGE BLOCK_COMMIT'),
    ],
    release: ['BACKUP STAGE END'],
    waitsFor: 'ddl',
    coordinates: 'stable',
    stops: 'every commit, writes to tables without transactions, and DDL',
    seenAs: asBackup(['MDL_BACKUP_WAIT_COMMIT', 'MDL_BACKUP_BLOCK_COMMIT']),
    passes: ['BACKUP_TRANS_DML', 'BACKUP_ALTER_COPY'],
    ranOn: ['mariadb-10.5', 'mariadb-10.11', 'mariadb-11.8'],
  },
  {
    lock: 'instance',
    on: mysqls,
    from: '8.0',
    needs: [instanceLock, instanceGalera],
    take: [takeInstance],
    release: ['UNLOCK INSTANCE'],
    waitsFor: 'ddl',
    coordinates: 'not stable',
    stops: 'DDL alone',
    seenAs: asGlobal(['BACKUP LOCK']),
    passes: ['SHARED'],
    ranOn: ['mysql-9.7'],
  },
  {
    lock: 'backup-locks',
    on: ['percona'],
    from: '5.6',
    below: '8.0',
    needs: [backupLocks, binaryLog, keysOnDisk],
    take: [reload('LOCK TABLES FOR BACKUP'), reload('LOCK BINLOG FOR BACKUP')],
    release: ['UNLOCK BINLOG', 'UNLOCK TABLES'],
    waitsFor: 'ddl',
    coordinates: 'stable',
    stops: 'every commit that the binary log would hold, writes to tables without transactions, and DDL',
    seenAs: { metadataLocks: null, lockInfo: null },
    passes: [],
    ranOn: [],
  },
]
