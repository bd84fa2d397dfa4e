import {
  type Ability,
  abilityFrom,
  type Findings,
  findingsFromVariables,
  findingVariables,
  probeTable,
} from '../core/findings.ts'
import { dialectOf } from '../core/dialect.ts'
import { Failure } from '../core/failure.ts'
import { flushStatusFrom, logFlushOf, lsnsFrom } from '../core/flush.ts'
import { quoteAccount } from '../core/server-error.ts'
import type { Server } from '../core/server.ts'
import type { Statement } from '../core/statement.ts'
import type { Observer } from '../core/world.ts'
import { binaryLogEvents } from './binary-log-events.ts'
import { enginesWithTables, flushOwnLog, loadedEngines, ownLog } from './engines.ts'
import { coordinatesNow } from './holder.ts'
import { pathsOf } from './disk/server-paths.ts'
import { inTheWayOf, lockSeen, lockViewOf } from './lock-view.ts'
import { errnoIn, ignoring, type Link, type Row } from './mysql.ts'
import { isReplica } from './replica-session.ts'
import { pairs, statusRows, variableRows } from './rows.ts'
import { unprotected } from './unprotected.ts'

export function observerOver(
  link: Link,
  {
    server,
    where,
    home,
    isOurs,
  }: Pick<Observer, 'server' | 'where' | 'home'> & { readonly isOurs: (id: number) => boolean },
): Observer {
  const account = quoteAccount(server.account)
  return {
    server,
    where,
    home,
    transport: link.transport,
    paths: () => pathsOf(link, server),
    coordinates: () => coordinatesNow(link, server),
    binaryLogEvents: (from, to) => binaryLogEvents(link, { server, from, to }),
    findings: () => findings(link, server),
    async pulse() {
      const status = pairs(await link.ask(statusRows('Threads_connected', 'Uptime')))
      return { connections: Number(status.get('Threads_connected')), uptime: Number(status.get('Uptime')) }
    },
    async statements() {
      const rows = await link.ask('SHOW FULL PROCESSLIST')
      return rows.map(statementFrom).filter(({ id }) => !isOurs(id))
    },
    async flushLogs() {
      const [told] = await link.ask(variableRows('innodb_flush_log_at_trx_commit'))
      await link.ask('FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS', { privilege: 'RELOAD', account })
      return logFlushOf(server, Number(told?.['Value'] ?? 1))
    },
    async flushStatus() {
      const status = flushStatusFrom(pairs(await link.ask(flushRows)))
      if (status.lsn !== null) return status
      const [innodb] = await innodbStatus(link, account)
      if (innodb === undefined) return status
      const lsns = lsnsFrom(String(innodb['Status']))
      // Not to be taken for a server without InnoDB, where nothing has to be flushed.
      if (lsns === null)
        throw new Failure('statement-failed', 'SHOW ENGINE INNODB STATUS tells no log sequence number')
      return { ...status, ...lsns }
    },
    async redoLog() {
      const [row] = await link.ask(statusRows('Innodb_redo_log_enabled'))
      if (row === undefined) return 'always on'
      return row['Value'] === 'OFF' ? 'off' : 'on'
    },
    async mayWatchOthers() {
      await link.ask('SELECT 1 FROM information_schema.INNODB_METRICS LIMIT 1', {
        privilege: 'PROCESS',
        account,
      })
    },
    loadedEngines: () => loadedEngines(link),
    enginesWithTables: (engines) => enginesWithTables(link, { server, account, engines }),
    ownLog: () => ownLog(link),
    flushOwnLog: () => flushOwnLog(link),
    async isConnected(connection) {
      const rows = await link.ask('SHOW PROCESSLIST')
      return rows.some((row) => row['Id'] === connection)
    },
    async endConnection(connection) {
      await link.ask(`KILL CONNECTION ${connection}`).catch(ignoring(noSuchThread))
    },
    async endStatement(session) {
      const { mayKill: privilege } = dialectOf(server)
      await link.ask(`KILL QUERY ${session}`, { privilege, account }).catch(ignoring(noSuchThread))
    },
    inTheWayOf: (connection, look) => inTheWayOf(link, connection, look),
    lockSeen: (connection, look) => lockSeen(link, connection, look),
    unprotected: () => unprotected(link, account),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
}

const noSuchThread = 1094
/** ER_UNKNOWN_STORAGE_ENGINE. */
const unknownEngine = 1286

const flushRows = statusRows(
  'Key_blocks_not_flushed',
  'Aria_pagecache_blocks_not_flushed',
  'Innodb_lsn_current',
  'Innodb_lsn_flushed',
)

/** What this server can do, for this account. */
export async function findings(link: Link, server: Server): Promise<Findings> {
  const variables = await link.ask(variableRows(...findingVariables))
  const status = pairs(await link.ask(statusRows('Key_blocks_not_flushed')))
  return {
    ...findingsFromVariables(pairs(variables)),
    dirtyKeyBlocks: Number(status.get('Key_blocks_not_flushed') ?? 0),
    instanceLock: await probed(link, server, 'instanceLock'),
    backupStage: await probed(link, server, 'backupStage'),
    lockView: await lockViewOf(link, server),
    isReplica: await isReplica(link, server),
  }
}

/** No row where there is no InnoDB: the question is refused then (seen on MySQL 5.6 and MariaDB 10.11 with --skip-innodb). */
async function innodbStatus(link: Link, account: string): Promise<readonly Row[]> {
  try {
    return await link.ask('SHOW ENGINE INNODB STATUS', { privilege: 'PROCESS', account })
  } catch (error) {
    if (errnoIn(error) === unknownEngine) return []
    throw error
  }
}

async function probed(link: Link, server: Server, name: keyof typeof probeTable): Promise<Ability> {
  const probe = probeTable[name]
  if (!probe.on.some((family) => family === server.family)) return 'cannot'
  const errno = await link.ask(probe.say).then(() => null, errnoIn)
  return abilityFrom(probe, errno)
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
