import type { Connection } from '../core/connection.ts'
import type { OwnLog } from '../core/disk/own-log.ts'
import { dialectOf } from '../core/dialect.ts'
import type { Findings } from '../core/findings.ts'
import type { Server } from '../core/server.ts'
import { quoteAccount } from '../core/server-error.ts'
import type { Statement } from '../core/statement.ts'
import type { Observer } from '../core/world.ts'
import { identify } from './database.ts'
import { pathsOf } from './disk/server-paths.ts'
import { coordinatesNow } from './holder.ts'
import { loadedEngines, ownLog } from './engines.ts'
import { connect, type Link, type Row } from './mysql.ts'
import { findings, statementFrom } from './observer.ts'
import { pairs, statusRows, variableRows } from './rows.ts'
import { setSession } from './session.ts'

/** A session that looks at a server and its account, and changes nothing. Each method is one thing it asks. */
export interface Examination
  extends AsyncDisposable, Pick<Observer, 'where' | 'transport' | 'paths' | 'coordinates'> {
  readonly server: Server
  /** What this server can do, for this account. */
  findings(): Promise<Findings>
  /** The lines of SHOW GRANTS. */
  grants(): Promise<readonly string[]>
  /** Failure `privilege-missing` without REPLICATION CLIENT. */
  mayReadCoordinates(): Promise<true>
  /** Failure `privilege-missing` without PROCESS. */
  mayWatchOthers(): Promise<true>
  /** Whether performance_schema shows who holds the global lock; Failure where not to this account. */
  seesLocks(): Promise<boolean>
  /** What other sessions do. */
  statements(): Promise<readonly Statement[]>
  /** Global variables that say what is on disk, by name. */
  durability(): Promise<ReadonlyMap<string, string>>
  connections(): Promise<{ readonly most: number; readonly inUse: number; readonly mostOfAccount: number }>
  /** Base tables by engine, the server's own schemas left out; only those that the account may see. */
  tablesByEngine(): Promise<readonly { readonly engine: string; readonly tables: number }[]>
  /** Storage engines, as SHOW ENGINES names them. */
  loadedEngines(): Promise<readonly string[]>
  /** What RocksDB says of its log; null where it is not loaded. */
  ownLog(): Promise<OwnLog | null>
}

/** Throws Failure `server-unreachable`, `login-failed`, `access-denied` or `too-many-connections`, and what tls.ts throws. */
export async function examine(connection: Connection): Promise<Examination> {
  const link = await connect(connection)
  try {
    await setSession(link, [])
    const server = await identify(link)
    await limitTime(link, server)
    return examinationOver(link, server)
  } catch (error) {
    await link[Symbol.asyncDispose]()
    throw error
  }
}

/** A server with very many tables, or a stuck one, must not keep the operator waiting. */
async function limitTime(link: Link, { family }: Server): Promise<void> {
  const limit = family === 'mariadb' ? 'max_statement_time = 10' : 'max_execution_time = 10000'
  await link.ask(`SET SESSION ${limit}`).catch(() => {}) // MySQL 5.6 has no such thing
  await link.ask('SET SESSION lock_wait_timeout = 3')
}

function examinationOver(link: Link, server: Server): Examination {
  const account = quoteAccount(server.account)
  return {
    server,
    findings: () => findings(link, server),
    async grants() {
      const rows = await link.ask('SHOW GRANTS')
      return rows.flatMap((row) => Object.values(row).map(String))
    },
    async mayReadCoordinates() {
      await link.ask(dialectOf(server).coordinates, { privilege: 'REPLICATION CLIENT', account })
      return true
    },
    where: link.where,
    transport: link.transport,
    paths: () => pathsOf(link, server),
    coordinates: () => coordinatesNow(link, server),
    async mayWatchOthers() {
      await link.ask('SELECT 1 FROM information_schema.INNODB_METRICS LIMIT 1', {
        privilege: 'PROCESS',
        account,
      })
      return true
    },
    async seesLocks() {
      const [told] = await link.ask(instrument)
      await link.ask('SELECT 1 FROM performance_schema.metadata_locks LIMIT 1')
      await link.ask('SELECT 1 FROM performance_schema.threads LIMIT 1')
      return Number(told?.['enabled']) === 1
    },
    async statements() {
      const rows = await link.ask('SHOW FULL PROCESSLIST')
      return rows.map(statementFrom).filter(({ id }) => id !== link.id)
    },
    async durability() {
      const rows = await link.ask(durabilityRows)
      return pairs([...rows, ...(await link.ask(statusRows('Innodb_redo_log_enabled')))])
    },
    async connections() {
      const [limits] = await link.ask(
        'SELECT @@GLOBAL.max_connections AS most, @@SESSION.max_user_connections AS mostOfAccount',
      )
      const [used] = await link.ask("SHOW GLOBAL STATUS LIKE 'Threads_connected'")
      return {
        most: Number(limits?.['most']),
        inUse: Number(used?.['Value']),
        mostOfAccount: Number(limits?.['mostOfAccount']),
      }
    },
    async tablesByEngine() {
      return (await link.ask(tables)).map(engineFrom)
    },
    loadedEngines: () => loadedEngines(link),
    ownLog: () => ownLog(link),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
}

const instrument = `SELECT MAX(ENABLED = 'YES') AS enabled
  FROM performance_schema.setup_instruments WHERE NAME = 'wait/lock/metadata/sql/mdl'`

const durabilityRows = variableRows(
  'log_bin',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'innodb_doublewrite',
)

const tables = `SELECT ENGINE AS engine, COUNT(*) AS tables FROM information_schema.TABLES
  WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE IS NOT NULL
    AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')
  GROUP BY ENGINE ORDER BY COUNT(*) DESC, ENGINE`

function engineFrom(row: Row): { readonly engine: string; readonly tables: number } {
  return { engine: String(row['engine']), tables: Number(row['tables']) }
}
