import { createConnection } from 'mysql2/promise'
import { lockPlanFor } from '../../src/core/lock-plan.ts'
import type { Server } from '../servers/start.ts'
import { now } from './monotonic.ts'
import type { Subject } from './subject.ts'

/** What no procedure can be faster than: lock, coordinates and unlock on a connection that is open. */
export async function openFloor(server: Server): Promise<Subject & AsyncDisposable> {
  const plan = lockPlanFor(server)
  const connection = await createConnection({ socketPath: server.socket, user: 'root' })
  return {
    snapshot: 0,
    freeze: () => timed([plan.lock, plan.coordinates]),
    thaw: () => timed([plan.unlock]),
    lockers: () => [],
    [Symbol.asyncDispose]: () => connection.end(),
  }

  async function timed(statements: readonly string[]) {
    const begin = now()
    for (const statement of statements) await connection.query(statement)
    return { begin, end: now() }
  }
}
