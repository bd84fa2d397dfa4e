/** The judge: writes numbered rows without end, by turns into each table, and tells of each when it was sent and when it was done. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, createConnection } from 'mysql2/promise'
import { now } from '../bench/monotonic.ts'
import { insertNumbered } from './tables.ts'

const socketPath = process.argv[2]!
const tables = process.argv.slice(3)
/** Milliseconds between two rows, and between two tries to connect. */
const [pause, again] = [2, 20]
let waitsSince = now()

process.on('disconnect', () => process.exit())
process.on('message', () => process.send!({ waitsSince }))
for (let n = 1; ;) {
  const connection = await createConnection({ socketPath, user: 'root' }).catch(() => undefined)
  connection?.on('error', () => {})
  if (connection) n = await write(connection, n)
  connection?.destroy()
  await sleep(again)
}

/** Until the connection is lost; gives the next number. One whose answer never came may be in the table or not. */
async function write(connection: Connection, from: number): Promise<number> {
  for (let n = from; ; n++) {
    waitsSince = now()
    try {
      await connection.query(insertNumbered(tables[n % tables.length]!, n))
    } catch {
      return n + 1
    }
    process.send!({ n, sentAt: waitsSince, doneAt: now() })
    await sleep(pause)
  }
}
