import type { Transport } from './connection.ts'

/**
 * A pool whose threads are shared by all connections. One that waits for a lock keeps its thread, and where all wait no thread is left
 * for UNLOCK TABLES, KILL, or the end of a connection (seen on MariaDB 11.8 with thread_pool_max_threads 12 and 24 writers: locked until
 * the writers were killed).
 */
export interface ThreadPool {
  /** thread_pool_max_threads. */
  readonly mostThreads: number
  /** thread_pool_size: each group keeps one thread that listens (MariaDB's sql/threadpool_generic.cc, get_event). */
  readonly groups: number
}

/** What a server answers about its threads, and where it lets administrators in. */
export interface Threads {
  /** Null where each connection has a thread of its own, or where the pool makes more for those that wait. */
  readonly threadPool: ThreadPool | null
  /** The port whose connections have threads, and a limit, of their own; null where there is none. */
  readonly adminPort: number | null
}

/** The variables that these are read from, as SHOW GLOBAL VARIABLES names them. */
export const threadVariables = [
  'thread_handling',
  'thread_pool_max_threads',
  'thread_pool_size',
  'extra_port',
  'admin_address',
  'admin_port',
] as const

/**
 * From the rows of SHOW GLOBAL VARIABLES. pool-of-threads is MariaDB's and Percona Server's; MySQL's own plugin (`loaded-dynamically`)
 * goes on with other threads where some wait (seen on 9.7 with thread_pool_max_transactions_limit 4).
 */
export function threadsFromVariables(rows: ReadonlyMap<string, string>): Threads {
  const isPooled = rows.get('thread_handling') === 'pool-of-threads' && rows.has('thread_pool_max_threads')
  const extra = Number(rows.get('extra_port') ?? 0)
  // MySQL has the port's number even where nothing listens there.
  const admin = rows.get('admin_address') ? Number(rows.get('admin_port') ?? 0) : 0
  return {
    threadPool: isPooled
      ? {
          mostThreads: Number(rows.get('thread_pool_max_threads')),
          groups: Number(rows.get('thread_pool_size') ?? 1),
        }
      : null,
    adminPort: extra || admin || null,
  }
}

/** Does this connection use the port of administrators? Then no waiting writer can take its thread. */
export function isByAdminPort(transport: Transport, { adminPort }: Pick<Threads, 'adminPort'>): boolean {
  return transport.kind === 'tcp' && transport.port === adminPort
}

/** Sessions of ours that need a thread: observer, holder, the one for replication, and one more where another is lost. */
const ours = 4

/** Connections that may come in a rush while writers wait: a look once a second at how many there are is too late then. */
const rush = 50

export interface Load extends Threads {
  readonly transport: Transport
  /** In use now, ours among them. */
  readonly connections: number
  readonly maxConnections: number
}

/**
 * What speaks against a lock that waiting writers may keep from ever being let go; null where nothing does. `before` the lock as many
 * connections again as there are may come, and 50 at least, for applications open more when theirs wait; while it is `held`, those count that are there.
 */
export function poolTooSmall(load: Load, when: 'before' | 'held'): string | null {
  const { threadPool, adminPort, transport, connections, maxConnections } = load
  if (threadPool === null || isByAdminPort(transport, load)) return null
  const { mostThreads } = threadPool
  const coming = when === 'before' ? Math.max(connections, rush) : 0
  if (needed(threadPool, Math.min(connections + coming, maxConnections)) <= mostThreads) return null
  return (
    `${connections} connections are in use, and the thread pool has ${mostThreads} threads (thread_pool_max_threads) at most: ` +
    `writers that wait could take every thread that lets go of the lock (extra_port is ${adminPort ?? 'not set'})`
  )
}

/** What thread_pool_max_threads has to be so that writers cannot take the last thread. */
export function enoughThreads(threadPool: ThreadPool, maxConnections: number): number {
  return needed(threadPool, maxConnections)
}

function needed({ groups }: ThreadPool, connections: number): number {
  return connections + groups + ours
}

/** What an operator types where a session of ours does not end: without a thread KILL alone has no effect (seen on MariaDB 11.8). */
export function toEnd(
  connection: number,
  { threadPool, maxConnections }: Pick<Load, 'threadPool' | 'maxConnections'>,
): string {
  const kill = `KILL ${connection}`
  if (threadPool === null) return kill
  return `SET GLOBAL thread_pool_max_threads = ${enoughThreads(threadPool, maxConnections)}; ${kill}`
}
