import { ownLogFrom, type OwnLog } from '../core/disk/own-log.ts'
import { dialectOf } from '../core/dialect.ts'
import type { Server } from '../core/server.ts'
import type { EnginesWithTables } from '../core/world.ts'
import { errnoIn, type Link } from './mysql.ts'
import { pairs, quoted, statusRows, variableRows } from './rows.ts'

/** Engines that are loaded, as SHOW ENGINES names them. Every account may ask. */
export async function loadedEngines(link: Link): Promise<readonly string[]> {
  const rows = await link.ask('SHOW ENGINES')
  return rows
    .filter(({ Support }) => Support === 'YES' || Support === 'DEFAULT')
    .map((row) => String(row['Engine']))
}

/**
 * Which of these engines have tables. The tables are looked through for engines alone that are seldom there: MariaDB, and MySQL before
 * 8.0, open the file of every table for it. It is given up after two seconds; MySQL 5.6 has no such limit and is not asked.
 */
export async function enginesWithTables(
  link: Link,
  {
    server,
    account,
    engines,
  }: { readonly server: Server; readonly account: string; readonly engines: readonly string[] },
): Promise<EnginesWithTables> {
  const question = limited(
    `DISTINCT ENGINE AS engine FROM information_schema.TABLES WHERE ENGINE IN (${quoted(engines)})`,
    server,
  )
  if (question === null) return 'cannot-tell'
  try {
    const rows = await link.ask(question)
    return { engines: rows.map(({ engine }) => String(engine)), all: await seesEveryTable(link, account) }
  } catch (error) {
    if (timeouts.includes(errnoIn(error))) return 'cannot-tell'
    throw error
  }
}

/** ER_QUERY_TIMEOUT of MySQL, ER_STATEMENT_TIMEOUT of MariaDB. */
const timeouts: readonly number[] = [3024, 1969]

/** A SELECT that ends after two seconds. */
function limited(select: string, server: Server): string | null {
  if (server.family === 'mariadb') return `SET STATEMENT max_statement_time = 2 FOR SELECT ${select}`
  const hasHint = dialectOf(server).noTimeLimit !== null
  return hasHint ? `SELECT /*+ MAX_EXECUTION_TIME(2000) */ ${select}` : null
}

/** Who has SELECT on everything sees every table: roles and partial revokes are not looked into, so who has it by those cannot tell. */
export async function seesEveryTable(link: Link, account: string): Promise<boolean> {
  const grantee = account.replaceAll("'", "''")
  const [told] = await link.ask(`
    SELECT COUNT(*) AS granted FROM information_schema.USER_PRIVILEGES
     WHERE GRANTEE = '${grantee}' AND PRIVILEGE_TYPE = 'SELECT'`)
  if (Number(told?.['granted']) === 0) return false
  return pairs(await link.ask(variableRows('partial_revokes'))).get('partial_revokes') !== 'ON'
}

/** What RocksDB says of its log; null where it is not loaded. */
export async function ownLog(link: Link): Promise<OwnLog | null> {
  const [variables, status] = await link.askBoth([
    variableRows('rocksdb_flush_log_at_trx_commit', 'rocksdb_write_disable_wal'),
    statusRows('Rocksdb_wal_synced'),
  ])
  return ownLogFrom(new Map([...pairs(variables), ...pairs(status)]))
}

/**
 * Has RocksDB write to its files what it has in memory; false where this account may not: it needs SUPER (seen on MariaDB 10.11,
 * where no privilege that is less does), on MySQL and Percona Server 8 SYSTEM_VARIABLES_ADMIN.
 */
export async function flushOwnLog(link: Link): Promise<boolean> {
  try {
    await link.ask('SET GLOBAL rocksdb_force_flush_memtable_now = 1')
    return true
  } catch (error) {
    if (errnoIn(error) === accessDenied) return false
    throw error
  }
}

/** ER_SPECIFIC_ACCESS_DENIED_ERROR. */
const accessDenied = 1227
