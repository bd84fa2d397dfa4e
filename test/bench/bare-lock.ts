import { createConnection } from 'mysql2/promise'
import { dialectOf } from '../../src/core/dialect.ts'
import { together } from '../../src/quiesce/together.ts'
import type { Server } from '../servers/start.ts'
import { now } from './monotonic.ts'
import type { Call } from './subject.ts'

/** Lock with coordinates, and unlock, on a connection that is open, without processes. */
export interface BareLock extends AsyncDisposable {
  lock(): Promise<Call>
  unlock(): Promise<Call>
}

/** On all of these servers, side by side. */
export async function openBareLock(servers: readonly Server[]): Promise<BareLock> {
  const sessions = await together(servers.map(openSession))
  return {
    lock: () => timed(() => Promise.all(sessions.all.map((session) => session.lock()))),
    unlock: () => timed(() => Promise.all(sessions.all.map((session) => session.unlock()))),
    [Symbol.asyncDispose]: () => sessions[Symbol.asyncDispose](),
  }
}

async function openSession(server: Server) {
  const connection = await createConnection({ socketPath: server.socket, user: 'root' })
  const { coordinates } = dialectOf(server)
  return {
    async lock() {
      await connection.query('FLUSH TABLES WITH READ LOCK')
      await connection.query(coordinates)
    },
    async unlock() {
      await connection.query('UNLOCK TABLES')
    },
    [Symbol.asyncDispose]: () => connection.end(),
  }
}

async function timed(work: () => Promise<unknown>): Promise<Call> {
  const begin = now()
  await work()
  return { begin, end: now() }
}
