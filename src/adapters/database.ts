import type { Connection } from '../core/connection.ts'
import type { Coordinates } from '../core/coordinates.ts'
import { Failure } from '../core/failure.ts'
import { flushStatusFrom, lsnsFrom } from '../core/flush.ts'
import { type LockPlan, lockPlanFor } from '../core/lock-plan.ts'
import { familyOf, type Server } from '../core/server.ts'
import { quoteAccount } from '../core/server-error.ts'
import type { Statement } from '../core/statement.ts'
import type { Database, Holder, Observer, Reading } from '../core/world.ts'
import { connect, type Link, type Row } from './mysql.ts'

/** A server, reached as `connection()` says. Every statement of a run is in this file and in the lock plan. */
export function databaseAt(connection: () => Connection): Database {
  const ours = new Set<number>()
  let account = ''
  return {
    async observe() {
      const link = await connect(connection())
      ours.add(link.id)
      await link.ask('SET SESSION wait_timeout = 86400, autocommit = 1')
      const server = await identify(link)
      account = quoteAccount(server.account)
      return observerOver(link, { server, isOurs: (id) => ours.has(id) })
    },
    async connect(plan, limits) {
      const link = await connect(connection())
      ours.add(link.id)
      await makeReady(link, plan, limits)
      const holder = holderOver(link, plan, account)
      await holder.read()
      return holder
    },
  }
}

/** Which server this is, asked over this connection. */
export async function identify(link: Link): Promise<Server> {
  const [told] = await link.ask(
    'SELECT VERSION() AS version, @@version_comment AS comment, CURRENT_USER() AS account',
  )
  const version = String(told?.['version'])
  const family = familyOf(version, String(told?.['comment']))
  const { uuid } = lockPlanFor({ family, version })
  const [id] = uuid ? await link.ask(`SELECT ${uuid} AS uuid`) : []
  return { family, version, uuid: id ? String(id['uuid']) : null, account: String(told?.['account']) }
}

function observerOver(
  link: Link,
  { server, isOurs }: { readonly server: Server; readonly isOurs: (id: number) => boolean },
): Observer {
  const account = quoteAccount(server.account)
  const plan = lockPlanFor(server)
  // A server that could not tell once is not asked again: at the thaw writers would wait for it.
  let seen: boolean | 'cannot-tell' | undefined
  return {
    server,
    async statements() {
      const rows = await link.ask('SHOW FULL PROCESSLIST')
      return rows.map(statementFrom).filter(({ id }) => !isOurs(id))
    },
    async flushLogs() {
      await link.ask('FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS', { privilege: 'RELOAD', account })
    },
    async flushStatus() {
      const status = flushStatusFrom(pairs(await link.ask(flushStatusRows)))
      if (status.lsn !== null) return status
      const [innodb] = await link.ask('SHOW ENGINE INNODB STATUS', { privilege: 'PROCESS', account })
      return { ...status, ...lsnsFrom(String(innodb?.['Status'] ?? '')) }
    },
    async mayWatchOthers() {
      await link.ask('SELECT 1 FROM information_schema.INNODB_METRICS LIMIT 1', {
        privilege: 'PROCESS',
        account,
      })
    },
    async isConnected(connection) {
      const rows = await link.ask('SHOW PROCESSLIST')
      return rows.some((row) => row['Id'] === connection)
    },
    async endConnection(connection) {
      await link.ask(`KILL CONNECTION ${connection}`).catch(ignoreGone)
    },
    async lockSeen(connection) {
      if (seen !== 'cannot-tell') seen = await lockSeen(link, plan, connection)
      return seen
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
}

const flushStatusRows = `SHOW GLOBAL STATUS WHERE Variable_name IN
  ('Key_blocks_not_flushed', 'Aria_pagecache_blocks_not_flushed', 'Innodb_lsn_current', 'Innodb_lsn_flushed')`

/** The rows of SHOW STATUS and SHOW VARIABLES by name. */
export function pairs(rows: readonly Row[]): Map<string, string> {
  return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]))
}

/** A row of SHOW PROCESSLIST. */
export function statementFrom(row: Row): Statement {
  return {
    id: Number(row['Id']),
    user: String(row['User'] ?? ''),
    host: String(row['Host'] ?? ''),
    command: String(row['Command'] ?? ''),
    age: Number(row['Time'] ?? 0) * 1000,
    state: String(row['State'] ?? ''),
    text: String(row['Info'] ?? ''),
  }
}

/**
 * Asks the server itself whether that session has the lock: MySQL's metadata_locks show GLOBAL and COMMIT,
 * SHARED, where the instrument is on (8.0 and later by default), MariaDB's show BACKUP where
 * performance_schema is on. An account without SELECT there, or a server without it, cannot tell.
 */
async function lockSeen(
  link: Link,
  { seenAs }: LockPlan,
  connection: number,
): Promise<boolean | 'cannot-tell'> {
  try {
    const [told] = await link.ask(`
      SELECT MAX(instrument.ENABLED = 'YES') AS instrumented,
             COUNT(DISTINCT held.OBJECT_TYPE) AS held
        FROM performance_schema.setup_instruments instrument
        LEFT JOIN performance_schema.threads thread ON thread.PROCESSLIST_ID = ${connection}
        LEFT JOIN performance_schema.metadata_locks held
          ON held.OWNER_THREAD_ID = thread.THREAD_ID AND held.LOCK_STATUS = 'GRANTED' AND ${seenAs.rows}
       WHERE instrument.NAME = 'wait/lock/metadata/sql/mdl'`)
    return Number(told?.['instrumented'] ?? 0) === 1
      ? Number(told?.['held']) === seenAs.objectTypes
      : 'cannot-tell'
  } catch (error) {
    if (error instanceof Failure && error.code === 'statement-failed') return 'cannot-tell'
    throw error
  }
}

async function makeReady(
  link: Link,
  plan: LockPlan,
  { lockWait, holdAtMost }: { readonly lockWait: number; readonly holdAtMost: number },
): Promise<void> {
  // Should this process hang, the server itself drops the session, and the lock, one second after hold-at-most.
  const idle = Math.ceil(holdAtMost / 1000) + 1
  const settings = [
    `wait_timeout = ${idle}`,
    `interactive_timeout = ${idle}`,
    `lock_wait_timeout = ${Math.ceil(lockWait / 1000)}`,
    'autocommit = 1',
    ...plan.session,
  ]
  await link.ask(`SET SESSION ${settings.join(', ')}`)
  for (const setting of plan.sessionIfThere) await link.ask(`SET SESSION ${setting}`).catch(ignoreUnknown)
}

function holderOver(link: Link, plan: LockPlan, account: string): Holder {
  const whoAndGtid = `SELECT CONNECTION_ID() AS connection${plan.gtid ? `, ${plan.gtid} AS gtid` : ''}`
  return {
    connection: link.id,
    lost: link.lost,
    async lock() {
      await link.ask(plan.lock, { privilege: 'RELOAD', account })
    },
    async read(): Promise<Reading> {
      const needs = { privilege: 'REPLICATION CLIENT', account }
      const [[told], [status]] = await link.askBoth([whoAndGtid, plan.coordinates], needs)
      return {
        connection: Number(told?.['connection']),
        coordinates: status ? coordinatesFrom(status, told) : null,
      }
    },
    async unlock() {
      await link.ask(plan.unlock)
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
}

function coordinatesFrom(status: Row, told: Row | undefined): Coordinates {
  const gtid = String(status['Executed_Gtid_Set'] ?? told?.['gtid'] ?? '')
  return {
    file: String(status['File']),
    position: Number(status['Position']),
    gtid: gtid.replaceAll('\n', ''),
  }
}

function ignoreGone(error: unknown): void {
  if (!isServerError(error, 1094)) throw error // ER_NO_SUCH_THREAD
}

function ignoreUnknown(error: unknown): void {
  if (!isServerError(error, 1193)) throw error // ER_UNKNOWN_SYSTEM_VARIABLE
}

function isServerError(error: unknown, errno: number): boolean {
  const cause = error instanceof Failure ? error.cause : undefined
  return typeof cause === 'object' && cause !== null && 'errno' in cause && cause.errno === errno
}
