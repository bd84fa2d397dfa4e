import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, createConnection } from 'mysql2/promise'
import { tables } from './tables.ts'
import { sum } from './sum.ts'

/** Writers that write side by side, each as fast as it can, and number their rows from 1. They know of no freeze. */
export interface Writers extends AsyncDisposable {
  /** For each writer, when each of its rows was acknowledged, in order, in milliseconds of `performance.now()`. */
  readonly commits: readonly (readonly number[])[]
  /** How many rows each writer has had acknowledged. */
  acknowledged(): readonly number[]
  /** Waits until they have committed so many rows more, all in all, and each of them one. */
  commit(more: number, stop: AbortSignal): Promise<void>
  /** Ends them after the rows under way. */
  stop(): Promise<void>
}

/** How long to wait for commits, in milliseconds: by then something is wrong. */
const commitWithin = 60_000

export async function startWriters(socket: string, count: number): Promise<Writers> {
  const logins = Array.from({ length: count }, () => createConnection({ socketPath: socket, user: 'root' }))
  const connections = await Promise.all(logins)
  const commits: number[][] = connections.map(() => [])
  const over = new AbortController()
  const failed = new AbortController()
  const loops = connections.map((connection, writer) => write(connection, writer))
  const acknowledged = () => commits.map(({ length }) => length)
  return {
    commits,
    acknowledged,
    commit,
    async stop() {
      over.abort()
      await Promise.all(loops)
      failed.signal.throwIfAborted()
    },
    async [Symbol.asyncDispose]() {
      over.abort()
      for (const connection of connections) connection.destroy()
    },
  }

  async function write(connection: Connection, writer: number): Promise<void> {
    const mine = commits[writer]!
    connection.on('error', () => {})
    try {
      while (!over.signal.aborted) {
        const number = mine.length + 1
        const text = `${number} ${'a row of the demo '.repeat(4)}`
        await connection.query(`INSERT INTO ${tables.innodb} VALUES (${writer + 1}, ${number}, '${text}')`)
        mine.push(performance.now())
      }
    } catch (cause) {
      if (!over.signal.aborted) failed.abort(new Error(`writer ${writer + 1} failed: ${String(cause)}`))
    }
  }

  async function commit(more: number, stop: AbortSignal): Promise<void> {
    const before = acknowledged()
    const deadline = performance.now() + commitWithin
    const grown = () => acknowledged().map((rows, writer) => rows - before[writer]!)
    const isDone = () => sum(grown()) >= more && grown().every((rows) => rows > 0)
    while (!isDone()) {
      stop.throwIfAborted()
      failed.signal.throwIfAborted()
      if (performance.now() > deadline)
        throw new Error(`${sum(grown())} commits within ${commitWithin / 1000} s, expected ${more}`)
      await sleep(5)
    }
  }
}
