import type { InTheWay } from '../core/blocker.ts'
import { Failure } from '../core/failure.ts'
import type { LockView } from '../core/findings.ts'
import { heldBy, type IdleHolder } from '../core/idle-holder.ts'
import type { LockWait } from '../core/not-shown.ts'
import type { Server } from '../core/server.ts'
import type { LockLook } from '../core/world.ts'
import type { Link, Row } from './mysql.ts'

/**
 * Where this server shows locks to this account: MariaDB in METADATA_LOCK_INFO where that plugin is installed; MySQL 5.7
 * and later, and MariaDB with performance_schema on, in metadata_locks where the instrument is on (by default from MySQL
 * 8.0 on) and the account has SELECT there.
 */
export async function lockViewOf(link: Link, { family }: Server): Promise<LockView> {
  if (family === 'mariadb' && (await answers('SELECT COUNT(*) FROM information_schema.METADATA_LOCK_INFO')))
    return 'METADATA_LOCK_INFO'
  const sees = `SELECT COUNT(*) AS seen FROM performance_schema.metadata_locks held
    JOIN performance_schema.threads thread ON thread.THREAD_ID = held.OWNER_THREAD_ID`
  const instrument = `SELECT 1 AS one FROM performance_schema.setup_instruments
    WHERE NAME = 'wait/lock/metadata/sql/mdl' AND ENABLED = 'YES'`
  const enabled = await answers(instrument)
  return enabled && (await answers(sees)) ? 'metadata_locks' : 'none'

  async function answers(question: string): Promise<boolean> {
    try {
      return (await link.ask(question)).length > 0
    } catch (error) {
      if (error instanceof Failure && error.code === 'statement-failed') return false
      throw error
    }
  }
}

/** Asks the server itself whether that session has the lock. */
export async function lockSeen(link: Link, connection: number, { plan, view }: LockLook): Promise<boolean> {
  const { metadataLocks, lockInfo } = plan.seenAs
  if (view === 'METADATA_LOCK_INFO') {
    const rows = await link.ask(
      `SELECT LOCK_MODE FROM information_schema.METADATA_LOCK_INFO WHERE THREAD_ID = ${connection}`,
    )
    return rows.some((row) => lockInfo?.includes(String(row['LOCK_MODE'])))
  }
  const [told] = await link.ask(`
    SELECT COUNT(DISTINCT held.OBJECT_TYPE) AS held
      FROM performance_schema.metadata_locks held
      JOIN performance_schema.threads thread ON thread.THREAD_ID = held.OWNER_THREAD_ID
     WHERE thread.PROCESSLIST_ID = ${connection} AND held.LOCK_STATUS = 'GRANTED' AND ${metadataLocks?.rows ?? 'FALSE'}`)
  return Number(told?.['held']) === metadataLocks?.objectTypes
}

export async function inTheWayOf(
  link: Link,
  connection: number,
  look: LockLook,
): Promise<readonly InTheWay[]> {
  if (look.view === 'none') return []
  const rows = await link.ask(
    look.view === 'METADATA_LOCK_INFO' ? byLockInfo(connection, look) : byMetadataLocks(connection, look),
  )
  return rows.map(inTheWayFrom)
}

/** The plugin shows what is granted, not what waits: whoever has a backup lock that ours does not get along with. */
function byLockInfo(connection: number, { plan }: LockLook): string {
  return `
    SELECT blocking.THREAD_ID AS id, MAX(CONCAT(own.TABLE_SCHEMA, '.', own.TABLE_NAME)) AS own
      FROM information_schema.METADATA_LOCK_INFO blocking
      LEFT JOIN information_schema.METADATA_LOCK_INFO own
        ON own.THREAD_ID = blocking.THREAD_ID AND own.LOCK_MODE = 'MDL_SHARED_NO_READ_WRITE'
     WHERE blocking.LOCK_TYPE = 'Backup lock' AND blocking.THREAD_ID <> ${connection}
       AND blocking.LOCK_MODE NOT IN (${list(plan.passes.map((type) => `MDL_${type}`))})
     GROUP BY blocking.THREAD_ID`
}

/** Whoever was granted a lock of the kind that ours waits for. */
function byMetadataLocks(connection: number, { plan }: LockLook): string {
  return `
    SELECT other.PROCESSLIST_ID AS id, MAX(CONCAT(own.OBJECT_SCHEMA, '.', own.OBJECT_NAME)) AS own
      FROM performance_schema.threads us
      JOIN performance_schema.metadata_locks wanted
        ON wanted.OWNER_THREAD_ID = us.THREAD_ID AND wanted.LOCK_STATUS = 'PENDING'
      JOIN performance_schema.metadata_locks blocking
        ON blocking.OBJECT_TYPE = wanted.OBJECT_TYPE AND blocking.LOCK_STATUS = 'GRANTED'
       AND blocking.OWNER_THREAD_ID <> us.THREAD_ID AND blocking.LOCK_TYPE NOT IN (${list(plan.passes)})
      JOIN performance_schema.threads other ON other.THREAD_ID = blocking.OWNER_THREAD_ID
      LEFT JOIN performance_schema.metadata_locks own
        ON own.OWNER_THREAD_ID = other.THREAD_ID AND own.OBJECT_TYPE = 'TABLE'
       AND own.LOCK_TYPE = 'SHARED_NO_READ_WRITE' AND own.LOCK_STATUS = 'GRANTED'
     WHERE us.PROCESSLIST_ID = ${connection} AND other.PROCESSLIST_ID IS NOT NULL
     GROUP BY other.PROCESSLIST_ID`
}

/**
 * Sessions that rest with LOCK TABLES or a HANDLER, whose duration is TRANSACTION on 5.7. Of an open transaction and of LOCK TABLES ... READ LOCAL
 * the type is SHARED_READ: these two are not told apart (seen on MySQL 5.7).
 */
export async function idleHolders(link: Link, view: LockView): Promise<readonly IdleHolder[]> {
  if (view !== 'metadata_locks') return []
  const rows = await link.ask(`
    SELECT thread.PROCESSLIST_ID AS id, CONCAT(held.OBJECT_SCHEMA, '.', held.OBJECT_NAME) AS used, held.LOCK_TYPE AS type
      FROM performance_schema.metadata_locks held
      JOIN performance_schema.threads thread ON thread.THREAD_ID = held.OWNER_THREAD_ID
     WHERE held.OBJECT_TYPE = 'TABLE' AND held.LOCK_STATUS = 'GRANTED' AND thread.PROCESSLIST_COMMAND = 'Sleep'
       AND held.LOCK_TYPE IN ('SHARED_READ_ONLY', 'SHARED_NO_READ_WRITE', 'SHARED')`)
  return rows.map((row) => ({
    id: Number(row['id']),
    table: String(row['used']),
    by: heldBy(String(row['type'])),
  }))
}

export async function lockWait(link: Link, connection: number): Promise<LockWait> {
  const sessions = await link.ask('SHOW PROCESSLIST')
  const tables = await link.ask('SHOW OPEN TABLES WHERE In_use > 0')
  return {
    state: String(sessions.find((row) => row['Id'] === connection)?.['State'] ?? ''),
    tablesInUse: tables.map((row) => `${String(row['Database'])}.${String(row['Table'])}`),
  }
}

function list(words: readonly string[]): string {
  return ['', ...words].map((word) => `'${word}'`).join(', ')
}

function inTheWayFrom(row: Row): InTheWay {
  return { id: Number(row['id']), table: row['own'] === null ? null : String(row['own']) }
}
