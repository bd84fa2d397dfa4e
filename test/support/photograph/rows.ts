import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Server } from '../../servers/start.ts'

/** A writer that knows nothing of snapshots: numbered rows, each its own commit, into InnoDB and MyISAM by turns. */
export interface Rows extends AsyncDisposable {
  /** The last row of each table that was acknowledged by now. */
  readonly acknowledged: () => Acknowledged
}

export interface Acknowledged {
  readonly innodb: number
  readonly myisam: number
}

const engines = ['innodb', 'myisam'] as const

export async function startRows({ socket }: Server): Promise<Rows> {
  const session = await createConnection({ socketPath: socket, user: 'root' })
  session.on('error', () => {})
  await session.query('CREATE DATABASE IF NOT EXISTS written')
  for (const engine of engines)
    await session.query(`CREATE TABLE IF NOT EXISTS written.${engine} (n INT PRIMARY KEY) ENGINE=${engine}`)
  const last = { innodb: await lastIn('innodb'), myisam: await lastIn('myisam') }
  const stop = new AbortController()
  const work = write()
  work.catch(() => {})
  return { acknowledged: () => ({ ...last }), [Symbol.asyncDispose]: end }

  async function lastIn(engine: (typeof engines)[number]): Promise<number> {
    const [[row]] = await session.query<RowDataPacket[]>(
      `SELECT COALESCE(MAX(n), 0) AS n FROM written.${engine}`,
    )
    return Number(row?.['n'])
  }

  async function write(): Promise<void> {
    while (!stop.signal.aborted) {
      for (const engine of engines) {
        await session.query(`INSERT INTO written.${engine} VALUES (${last[engine] + 1})`)
        last[engine]++
      }
      await sleep(2)
    }
  }

  async function end(): Promise<void> {
    stop.abort()
    await work
    session.destroy()
  }
}

export async function rowsIn(server: Server): Promise<Acknowledged> {
  const told = await server.client(
    'SELECT COUNT(*), MAX(n) FROM written.innodb; SELECT COUNT(*), MAX(n) FROM written.myisam',
  )
  const [innodb, myisam] = told.split('\n').map((line) => line.split('\t').map(Number))
  return { innodb: wholeTo(innodb), myisam: wholeTo(myisam) }
}

/** The highest number where none is missing; else the count, which is less than it. */
function wholeTo(seen: readonly number[] | undefined): number {
  const [count = 0, highest = 0] = seen ?? []
  return Math.min(count, highest)
}
