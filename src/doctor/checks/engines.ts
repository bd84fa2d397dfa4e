import { engineRow } from '../../core/disk/engine-table.ts'
import { doubt } from '../../core/disk/engines.ts'
import { isWrittenAtCommit, type OwnLog, ownFlushWithin } from '../../core/disk/own-log.ts'
import { formatDuration } from '../../core/duration.ts'
import { Failure } from '../../core/failure.ts'
import type { LockName } from '../../core/lock-table.ts'
import { quoteAccount } from '../../core/server-error.ts'
import { type Check, notApplicable, ok, problem, warning } from '../check.ts'
import { type Answer, hasGlobal } from './privileges.ts'

interface TablesOfEngine {
  readonly engine: string
  readonly tables: number
}

export interface EngineFacts {
  /** CURRENT_USER(). */
  readonly account: string
  /** Base tables outside the server's own schemas, by engine; what the account may not see is not in it. */
  readonly tables: Answer<readonly TablesOfEngine[]>
  /** As SHOW ENGINES names them. */
  readonly loaded: Answer<readonly string[]>
  /** RocksDB's; null where it is not loaded. */
  readonly ownLog: Answer<OwnLog | null>
  readonly grants: Answer<readonly string[]>
  /** The lock that a freeze would take. */
  readonly lock: LockName
  /** The setting, in milliseconds. */
  readonly flushWithin: number
}

export function judgeEngines(facts: EngineFacts): Check[] {
  return [...judgeTables(facts), ...judgeOwnLog(facts)]
}

function judgeTables(facts: EngineFacts): Check[] {
  const name = 'engines'
  const { tables, loaded, lock } = facts
  if (tables instanceof Failure) return [notApplicable(name, tables.message)]
  if (loaded instanceof Failure) return [notApplicable(name, loaded.message)]
  const bad = [
    ...tables.flatMap((one) => judgeTablesOf(one, lock)),
    ...hidden(facts, tables, loaded).map((engine) => mayHaveTables(engine, facts)),
  ]
  if (bad.length > 0) return bad
  const seen = tables.map(({ engine, tables: count }) => `${engine} ${count}`).join(', ')
  if (seesAll(facts)) return [ok(name, seen === '' ? 'no table yet' : `tables: ${seen}`)]
  const all = `every engine that is loaded reaches the disk under ${lock}: ${loaded.join(', ')}`
  return [ok(name, `this account does not see every table; ${all}`)]
}

function judgeTablesOf({ engine, tables }: TablesOfEngine, lock: LockName): Check[] {
  const name = `engine ${engine}`
  const count = `${tables} ${tables === 1 ? 'table' : 'tables'}`
  const why = doubt(engine, lock)
  if (why !== undefined) {
    const advice = 'ALTER TABLE ... ENGINE = InnoDB'
    return [problem(name, `${count}: ${why}; the verdict will be unknown`, advice)]
  }
  const missing = engineRow(engine)?.missing
  if (missing === undefined) return []
  return [warning(name, `${count}: ${missing}`, 'do not count on them after a restore')]
}

/** Engines that a freeze has its doubts about, and whose tables this account may not see. */
function hidden(
  facts: EngineFacts,
  tables: readonly TablesOfEngine[],
  loaded: readonly string[],
): readonly string[] {
  if (seesAll(facts)) return []
  const isSeen = (engine: string) => tables.some((one) => one.engine === engine)
  return loaded.filter((engine) => doubt(engine, facts.lock) !== undefined && !isSeen(engine))
}

function mayHaveTables(engine: string, { account, lock }: EngineFacts): Check {
  return problem(
    `engine ${engine}`,
    `loaded, and this account does not see whether it has tables: ${doubt(engine, lock)}; the verdict will be unknown`,
    `where it has none: GRANT SELECT ON *.* TO ${quoteAccount(account)}`,
  )
}

function seesAll({ grants }: EngineFacts): boolean {
  return !(grants instanceof Failure) && hasGlobal(grants, 'SELECT')
}

/** Who may have RocksDB write what is in its memory: SUPER, or what MySQL 8 has in its place. */
const mayFlush = ['SUPER', 'SYSTEM_VARIABLES_ADMIN']

function judgeOwnLog({ ownLog, grants, flushWithin, account }: EngineFacts): Check[] {
  const name = 'log of RocksDB'
  if (ownLog instanceof Failure) return [notApplicable(name, ownLog.message)]
  if (ownLog === null) return []
  const set = `rocksdb_flush_log_at_trx_commit is ${ownLog.atCommit}`
  if (isWrittenAtCommit(ownLog)) return [ok(name, `${set}: every commit writes it`)]
  if (!(grants instanceof Failure) && mayFlush.some((privilege) => hasGlobal(grants, privilege)))
    return [ok(name, `${set}: it is flushed before the lock and under it`)]
  const advice = `SET GLOBAL rocksdb_flush_log_at_trx_commit = 1, or GRANT SUPER ON *.* TO ${quoteAccount(account)}`
  if (!ownLog.isOn || ownLog.syncs === null || flushWithin * 0.8 < 2000)
    return [problem(name, `${set}, and it cannot be waited for: the verdict will be unknown`, advice)]
  const most = formatDuration(ownFlushWithin)
  return [
    warning(name, `${set}: under the lock writers wait for it, for 1 to 2 s and at most ${most}`, advice),
  ]
}
