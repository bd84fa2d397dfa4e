import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, createConnection } from 'mysql2/promise'

/**
 * Writers that do not know of any snapshot. Each statement puts the same row into an InnoDB and into a MyISAM
 * table, so a copy that was taken at one moment has as many in the one as in the other.
 */
export interface Load extends AsyncDisposable {
  /** Rows whose insert was confirmed. */
  readonly written: () => number
}

const writers = 3

const tables = [
  'DROP DATABASE IF EXISTS ledger',
  'CREATE DATABASE ledger',
  'CREATE TABLE ledger.booked (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB',
  'CREATE TABLE ledger.mirrored (id INT PRIMARY KEY) ENGINE=MyISAM',
  `CREATE TRIGGER ledger.mirror AFTER INSERT ON ledger.booked
     FOR EACH ROW INSERT INTO ledger.mirrored VALUES (NEW.id)`,
]

export async function startLoad(socket: string): Promise<Load> {
  const connections = await Promise.all(
    Array.from({ length: writers }, () => createConnection({ socketPath: socket, user: 'root' })),
  )
  for (const statement of tables) await connections[0]!.query(statement)
  const stop = new AbortController()
  let written = 0
  const work = Promise.all(connections.map(write))
  work.catch(() => {})
  return { written: () => written, [Symbol.asyncDispose]: end }

  async function write(connection: Connection): Promise<void> {
    while (!stop.signal.aborted) {
      await connection.query('INSERT INTO ledger.booked () VALUES ()')
      written++
      await sleep(2)
    }
  }

  async function end(): Promise<void> {
    stop.abort()
    await work
    await Promise.all(connections.map((connection) => connection.end()))
  }
}
