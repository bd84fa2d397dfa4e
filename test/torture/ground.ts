import { dir as temporaryDir } from 'tmp-promise'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { ServerName } from '../servers/catalog.ts'
import { fetchServer } from '../servers/fetch.ts'
import { type Server, startServer } from '../servers/start.ts'
import { account, accountWith } from '../support/accounts.ts'
import { type Judge, startJudge } from './judge.ts'
import { createTables } from './tables.ts'

/** A real server, and a writer that never stops. */
export interface Ground extends AsyncDisposable {
  readonly server: Server
  readonly judge: Judge
  /** One statement on a connection of its own. */
  ask(statement: string): Promise<readonly RowDataPacket[]>
  /** Waits for its end, and starts it again on the same data. */
  readonly restart: () => Promise<void>
}

export async function openGround(name: ServerName): Promise<Ground> {
  await fetchServer(name)
  const folder = await temporaryDir({ unsafeCleanup: true })
  let server = await startServer({ name, dir: folder.path })
  for (const statement of [...createTables, ...accountWith(account)]) await ask(statement)
  const judge = await startJudge(server.socket)
  return {
    get server() {
      return server
    },
    judge,
    ask,
    async restart() {
      await server.stop()
      server = await startServer({ name, dir: folder.path })
    },
    async [Symbol.asyncDispose]() {
      await judge[Symbol.asyncDispose]()
      await server.stop()
      await folder.cleanup()
    },
  }

  async function ask(statement: string): Promise<RowDataPacket[]> {
    const connection = await createConnection({ socketPath: server.socket, user: 'root' })
    connection.on('error', () => {})
    try {
      const [rows] = await connection.query<RowDataPacket[]>(statement)
      return rows
    } finally {
      connection.destroy()
    }
  }
}
