import { dir as temporaryDir } from 'tmp-promise'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { join } from 'node:path'
import type { ServerName } from '../servers/catalog.ts'
import { fetchServer } from '../servers/fetch.ts'
import { type Server, startServer } from '../servers/start.ts'
import { account, accountWith } from '../support/accounts.ts'
import type { Disk } from '../support/photograph/disk.ts'
import { hasOwnMounts } from '../support/photograph/own-mounts.ts'
import { openStudio } from '../support/photograph/studio.ts'
import { type Judge, startJudge } from './judge.ts'
import { createTables } from './tables.ts'

/** A real server, and a writer that never stops. */
export interface Ground extends AsyncDisposable {
  readonly server: Server
  /** With all of the server on it, and the record; undefined where no file system can be mounted: then nothing is photographed. */
  readonly disk: Disk | undefined
  readonly recordDir: string
  readonly judge: Judge
  /** One statement on a connection of its own. */
  ask(statement: string): Promise<readonly RowDataPacket[]>
  /** Waits for its end, and starts it again on the same data. */
  readonly restart: () => Promise<void>
}

export async function openGround(name: ServerName): Promise<Ground> {
  await fetchServer(name)
  const site = await openSite()
  const request = { name, dir: join(site.folder, 'data'), options }
  let server = await startServer(request)
  for (const statement of [...createTables, ...accountWith(account)]) await ask(statement)
  const judge = await startJudge(server.socket, ['numbered', 'in_myisam'])
  return {
    disk: site.disk,
    recordDir: join(site.folder, 'record'),
    get server() {
      return server
    },
    judge,
    ask,
    async restart() {
      await server.stop()
      server = await startServer(request)
    },
    async [Symbol.asyncDispose]() {
      await judge[Symbol.asyncDispose]()
      await server.stop()
      await site[Symbol.asyncDispose]()
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

/** The server writes its logs to the disk as late as it may without losing a commit when it is killed; MyISAM tables mend themselves then. */
const options = [
  '--sync-binlog=0',
  '--innodb-flush-log-at-trx-commit=2',
  '--myisam-recover-options=BACKUP,FORCE',
] as const

interface Site extends AsyncDisposable {
  readonly folder: string
  readonly disk: Disk | undefined
}

async function openSite(): Promise<Site> {
  if (!hasOwnMounts()) {
    const { path, cleanup } = await temporaryDir({ unsafeCleanup: true })
    return { folder: path, disk: undefined, [Symbol.asyncDispose]: cleanup }
  }
  const studio = await openStudio()
  const disk = await studio.disk('disk')
  return {
    folder: disk.place,
    disk,
    async [Symbol.asyncDispose]() {
      await disk[Symbol.asyncDispose]()
      await studio[Symbol.asyncDispose]()
    },
  }
}
