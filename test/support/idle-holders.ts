import { once } from 'node:events'
import { createConnection } from 'mysql2'
import { type Blocking, own, resting } from './blockers.ts'
import type { Scene as WholeScene } from './guest.ts'
import { until } from './until.ts'

type Scene = Pick<WholeScene, 'writer' | 'server'>

/** Who holds a table while no statement of his runs, or gets on; others read it beside him. */
export const idleHolders = {
  'an idle LOCK TABLES ... READ': (scene) => resting(scene, 'LOCK TABLES shop.archive READ'),
  'an open HANDLER': (scene) =>
    resting(scene, 'HANDLER shop.archive OPEN AS held', 'HANDLER held READ FIRST'),
  'a dump into a slow pipe': slowDump,
} as const satisfies Record<string, (scene: Scene) => Promise<Blocking>>

export type IdleHolderName = keyof typeof idleHolders

export const idleHolderNames = Object.keys(idleHolders).filter((name): name is IdleHolderName =>
  Object.hasOwn(idleHolders, name),
)

/** Which table each of them holds. */
export const heldBy: Readonly<Record<IdleHolderName, string>> = {
  'an idle LOCK TABLES ... READ': 'shop.archive',
  'an open HANDLER': 'shop.archive',
  'a dump into a slow pipe': 'shop.dumped',
}

/** Far more than the buffers of a socket take. */
const dumped = [
  'CREATE TABLE IF NOT EXISTS shop.dumped (id INT PRIMARY KEY, text LONGTEXT)',
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => `REPLACE INTO shop.dumped VALUES (${id}, REPEAT('x', 1000000))`),
]

/** What mysqldump does with one table, and nobody takes the rows. */
async function slowDump({ writer, server }: Scene): Promise<Blocking> {
  for (const statement of [...own, ...dumped]) await writer.ask(statement)
  const connection = createConnection({ socketPath: server.socket, user: 'root' })
  connection.on('error', () => {})
  const text = 'SELECT /*!40001 SQL_NO_CACHE */ * FROM shop.dumped'
  await connection.promise().query('LOCK TABLES shop.dumped READ /*!32311 LOCAL */')
  const rows = connection.query(text).stream({ highWaterMark: 1 })
  rows.on('error', () => {})
  const id = connection.threadId
  await until('the dump waits for its reader', async () => (await textOf(id)) === text)
  return {
    id,
    text,
    async [Symbol.asyncDispose]() {
      // mysql2 only half-closes a connection that it does not read, so the rows are taken after all
      rows.resume()
      await once(rows, 'end')
      connection.destroy()
      await until('the dump is gone', async () => (await textOf(id)) === undefined)
    },
  }

  /** What a session runs, undefined where there is none. */
  async function textOf(wanted: number): Promise<string | undefined> {
    const sessions = await writer.ask('SHOW FULL PROCESSLIST')
    const found = sessions.find((session) => Number(session['Id']) === wanted)
    return found && String(found['Info'])
  }
}
