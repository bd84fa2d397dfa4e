/**
 * How the data of an engine reaches the disk while a global read lock is held.
 * `closed`: the lock closes its files, which writes them; a sync makes them durable.
 * `logged`: FLUSH ENGINE LOGS writes its log, and recovery makes its tables whole.
 * `own log`: it has a log that FLUSH ENGINE LOGS does not write, at least on one kind of server.
 * `nothing on disk`: it keeps nothing there, or nothing for a restart.
 * `elsewhere`: the rows are on other servers; nothing of them is in this snapshot.
 * `foreign files`: they lie wherever its tables say, where nothing is synced.
 */
export type Reach = 'closed' | 'logged' | 'own log' | 'nothing on disk' | 'elsewhere' | 'foreign files'

/** One storage engine. */
export interface EngineRow {
  /** As SHOW ENGINES names it, of which servers differ in upper and lower case. */
  readonly engine: string
  readonly reach: Reach
  /** For people. */
  readonly how: string
  /** Why a snapshot has not what was in such a table; absent where it has. */
  readonly missing?: string
  /** It keeps acknowledged rows in memory until its files are closed: a lock that closes none is not enough. */
  readonly buffers?: true
  /** The real servers on which a copy, taken under the lock, had every row; none: it is known from its source or manual alone, or there is nothing to copy. */
  readonly seenOn: readonly string[]
}

const everyServer = [
  'mysql-5.6',
  'mysql-5.7',
  'mysql-9.7',
  'mariadb-10.5',
  'mariadb-10.11',
  'mariadb-11.8',
] as const
const otherServers = 'its rows are on other servers, which are not locked'

/** Every engine that is known. An engine that is not here is unknown, and so is the verdict where it may be in use. */
export const engineTable: readonly EngineRow[] = [
  { engine: 'InnoDB', reach: 'logged', how: 'FLUSH ENGINE LOGS writes its redo log', seenOn: everyServer },
  { engine: 'MyISAM', reach: 'closed', how: 'its files are closed', seenOn: everyServer },
  { engine: 'MRG_MyISAM', reach: 'closed', how: 'as its MyISAM tables', seenOn: everyServer },
  { engine: 'CSV', reach: 'closed', how: 'its files are closed', seenOn: everyServer },
  {
    engine: 'ARCHIVE',
    reach: 'closed',
    how: 'its files are closed, which writes the rows that it has not compressed yet',
    buffers: true,
    seenOn: everyServer,
  },
  {
    engine: 'Aria',
    reach: 'closed',
    how: 'its files are closed, with transactional=1 its log is written, too',
    buffers: true,
    seenOn: ['mariadb-10.5', 'mariadb-10.11', 'mariadb-11.8'],
  },
  { engine: 'partition', reach: 'closed', how: 'as the engine of the parts', seenOn: everyServer },
  {
    engine: 'Mroonga',
    reach: 'closed',
    how: 'its files are mapped into memory: what it has written is in the page cache',
    buffers: true,
    seenOn: ['mariadb-10.11'],
  },
  {
    engine: 'ROCKSDB',
    reach: 'own log',
    how: 'with rocksdb_flush_log_at_trx_commit 1 every commit writes its log; else it is flushed or waited for',
    seenOn: ['mariadb-10.11'],
  },
  {
    engine: 'TokuDB',
    reach: 'logged',
    how: 'FLUSH ENGINE LOGS writes its log (tokudb_flush_logs of its source)',
    seenOn: [],
  },
  {
    engine: 'MEMORY',
    reach: 'nothing on disk',
    how: 'empty after every restart',
    missing: 'lost at every restart, and so in no snapshot',
    seenOn: [],
  },
  { engine: 'BLACKHOLE', reach: 'nothing on disk', how: 'keeps no row', seenOn: [] },
  {
    engine: 'SEQUENCE',
    reach: 'nothing on disk',
    how: 'makes its rows up',
    seenOn: [],
  },
  {
    engine: 'PERFORMANCE_SCHEMA',
    reach: 'nothing on disk',
    how: 'shows what the server does',
    seenOn: [],
  },
  {
    engine: 'OQGRAPH',
    reach: 'nothing on disk',
    how: 'computes its rows from another table',
    seenOn: [],
  },
  { engine: 'ndbinfo', reach: 'nothing on disk', how: 'shows what an NDB Cluster does', seenOn: [] },
  {
    engine: 'FEDERATED',
    reach: 'elsewhere',
    how: 'rows on another server',
    missing: 'its rows are on another server, which is not locked',
    seenOn: [],
  },
  {
    engine: 'SPIDER',
    reach: 'elsewhere',
    how: 'rows on other servers',
    missing: otherServers,
    seenOn: [],
  },
  {
    engine: 'S3',
    reach: 'elsewhere',
    how: 'rows in an object store, where nothing is changed',
    missing: 'its rows are in an object store',
    seenOn: [],
  },
  {
    engine: 'SPHINX',
    reach: 'elsewhere',
    how: 'rows in a search server',
    missing: 'its rows are in a search server, which is not locked',
    seenOn: [],
  },
  {
    engine: 'ndbcluster',
    reach: 'elsewhere',
    how: 'rows in data nodes',
    missing: 'its rows are in data nodes, which are not locked',
    seenOn: [],
  },
  {
    engine: 'CONNECT',
    reach: 'foreign files',
    how: 'rows in files wherever its tables say, or on another server',
    missing: 'its rows may be on another server, or in files that are not synced',
    seenOn: [],
  },
]

/** Other names: the same engine in older versions, or in the ENGINE column of another server. */
const aliases: Readonly<Record<string, string>> = {
  heap: 'memory',
  maria: 'aria',
  xtradb: 'innodb',
  merge: 'mrg_myisam',
  ndb: 'ndbcluster',
  partitioned: 'partition',
}

const byName = new Map(engineTable.map((row) => [row.engine.toLowerCase(), row]))

/** What is known of an engine, however its name is written; undefined where nothing is. */
export function engineRow(engine: string): EngineRow | undefined {
  const name = engine.toLowerCase()
  return byName.get(aliases[name] ?? name)
}

const withoutRecovery: readonly Reach[] = ['closed', 'foreign files']

/** Engines whose tables crash recovery makes whole, or that keep nothing on this disk: no writer has to be stopped for them. */
export const recoveredEngines: readonly string[] = engineTable
  .filter(({ reach }) => !withoutRecovery.includes(reach))
  .map(({ engine }) => engine)
