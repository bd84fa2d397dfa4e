import { dialectOf, forChannel } from '../core/dialect.ts'
import { Failure } from '../core/failure.ts'
import type { IsReplica } from '../core/findings.ts'
import {
  type Applying,
  applyingFrom,
  applyingVariables,
  channelFrom,
  looksLikeReplica,
} from '../core/replica-row.ts'
import { quoteAccount } from '../core/server-error.ts'
import type { Server } from '../core/server.ts'
import type { ReplicaSession } from '../core/world.ts'
import type { Link, Row } from './mysql.ts'
import { pairs, statusRows, variableRows } from './rows.ts'

export function replicaSessionOver(link: Link, server: Server): ReplicaSession {
  const { replicaStatus, stopSqlThread, startSqlThread, maySeeReplica, mayStopSqlThread } = dialectOf(server)
  const account = quoteAccount(server.account)
  const stopping = { privilege: mayStopSqlThread, account }
  return {
    where: link.where,
    async channels() {
      const applying = await applyingOf(link, server)
      const rows = await link.ask(replicaStatus, { privilege: maySeeReplica, account })
      return rows.map((row) => channelFrom(row, applying))
    },
    async openTemporaryTables() {
      const rows = await link.ask(statusRows('Replica_open_temp_tables', 'Slave_open_temp_tables'))
      return Math.max(0, ...[...pairs(rows).values()].map(Number))
    },
    async stopSqlThread(channel) {
      await link.ask(forChannel(stopSqlThread, channel), stopping)
    },
    async startSqlThread(channel) {
      await link.ask(forChannel(startSqlThread, channel), stopping)
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
}

/** Asked with each status: it changes while a server runs. On MariaDB transactions commit in order, and the status says it. */
async function applyingOf(link: Link, { family, version }: Server): Promise<Applying> {
  if (family === 'mariadb') return { workers: null, gtids: 'every' }
  const { workerPositions } = dialectOf({ family, version })
  const rows = workerPositions === null ? null : await askedOrNot(link, workerPositions)
  return applyingFrom(pairs(await link.ask(variableRows(...applyingVariables))), rows ?? 'cannot tell')
}

/** Null where the server refuses to say. */
async function askedOrNot(link: Link, statement: string): Promise<readonly Row[] | null> {
  try {
    return await link.ask(statement)
  } catch (error) {
    if (error instanceof Failure && error.code === 'statement-failed') return null
    throw error
  }
}

/** Is this server a replica, as far as this account may know? */
export async function isReplica(link: Link, server: Server): Promise<IsReplica> {
  try {
    const rows = await link.ask(dialectOf(server).replicaStatus)
    return rows.length > 0 ? 'yes' : 'no'
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'privilege-missing') throw error
  }
  const status = pairs(await link.ask(statusRows('Slave_heartbeat_period', 'Slaves_running')))
  const sessions = await link.ask('SHOW PROCESSLIST')
  const commands = sessions.map((row) => String(row['Command'] ?? ''))
  return looksLikeReplica(status, commands) ? 'may be' : 'no'
}
