import { createConnection } from 'mysql2/promise'
import { dialectOf } from '../../src/core/dialect.ts'
import type { Server } from '../servers/start.ts'
import { now } from './monotonic.ts'
import type { Subject } from './subject.ts'

/** What no procedure can be faster than: lock, coordinates and unlock on a connection that is open. */
export async function openFloor(server: Server): Promise<Subject & AsyncDisposable> {
  const { coordinates } = dialectOf(server)
  const connection = await createConnection({ socketPath: server.socket, user: 'root' })
  return {
    snapshot: 0,
    freeze: () => timed(['FLUSH TABLES WITH READ LOCK', coordinates]),
    thaw: () => timed(['UNLOCK TABLES']),
    lockers: () => [],
    [Symbol.asyncDispose]: () => connection.end(),
  }

  async function timed(statements: readonly string[]) {
    const begin = now()
    for (const statement of statements) await connection.query(statement)
    return { begin, end: now() }
  }
}
