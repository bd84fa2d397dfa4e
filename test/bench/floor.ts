import { createConnection } from 'mysql2/promise'
import { dialectOf } from '../../src/core/dialect.ts'
import type { Server } from '../servers/start.ts'
import { now } from './monotonic.ts'
import type { Subject } from './subject.ts'

/** What no procedure can be faster than: lock, coordinates and unlock on connections that are open, side by side. */
export async function openFloor(servers: readonly Server[]): Promise<Subject & AsyncDisposable> {
  const open = await Promise.all(
    servers.map(async (server) => ({
      connection: await createConnection({ socketPath: server.socket, user: 'root' }),
      coordinates: dialectOf(server).coordinates,
    })),
  )
  return {
    snapshot: 0,
    freeze: () => timed(({ coordinates }) => ['FLUSH TABLES WITH READ LOCK', coordinates]),
    thaw: () => timed(() => ['UNLOCK TABLES']),
    lockers: () => [],
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map(({ connection }) => connection.end()))
    },
  }

  async function timed(statementsFor: (one: (typeof open)[number]) => readonly string[]) {
    const begin = now()
    const ask = async (one: (typeof open)[number]) => {
      for (const statement of statementsFor(one)) await one.connection.query(statement)
    }
    await Promise.all(open.map(ask))
    return { begin, end: now() }
  }
}
