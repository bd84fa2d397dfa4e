import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { accountFor } from './account.ts'
import { catalog, type ServerName } from './catalog.ts'
import { provideDataDir } from './datadir.ts'
import { fetchServer } from './fetch.ts'
import { launch } from './launch.ts'
import { serverOptions } from './options.ts'
import { reachableServer } from './reach.ts'
import { whenItAnswers, type Server } from './running.ts'

export type { Server } from './running.ts'

export interface StartRequest {
  /** Which server; it is fetched if it is not there. */
  readonly name: ServerName
  /** The data directory: made if it is missing or empty, else used as it is. The socket is in it, too. */
  readonly dir: string
  /** Further options of mysqld; they win over ours. */
  readonly options?: readonly string[]
  /** With the packages of further engines (catalog.ts); `--plugin-load-add` among the options loads one. */
  readonly engines?: boolean
  /** TCP on 127.0.0.1; 0, the default: the socket alone. */
  readonly port?: number
  /** The user it runs as when we are root: by default `nobody` for a server that nobody signed, else root. */
  readonly runAs?: string
}

/** Starts a real server and waits until it answers. It does not outlive our process. */
export async function startServer({
  name,
  dir,
  options = [],
  engines = false,
  port = 0,
  runAs,
}: StartRequest): Promise<Server> {
  const dataDir = resolve(dir)
  const socket = socketIn(dataDir)
  const account = await accountFor({ runAs, from: catalog[name].recipe.from })
  const fetched = await fetchServer(name, { engines })
  const key = `${name}-${fetched.built.replaceAll(':', '')}`
  const server = { ...fetched, folder: await reachableServer({ folder: fetched.folder, key, account }) }
  await provideDataDir({ server, account, dataDir })
  await rm(socket, { force: true })
  const ours = serverOptions({ ...server, dataDir, socket, port })
  const errorLog = join(dataDir, 'error.log')
  const process = await launch({
    program: join(server.folder, 'bin/mysqld'),
    args: ['--no-defaults', ...ours, ...account.options, ...options],
    account,
    log: errorLog,
  })
  return await whenItAnswers({ server, process, dataDir, socket, port, errorLog })
}

/** sun_path of unix(7) has 108 bytes, the last of them a zero. */
const longestSocket = 107

function socketIn(dataDir: string): string {
  const socket = join(dataDir, 'mysql.sock')
  const length = Buffer.byteLength(socket)
  if (length <= longestSocket) return socket
  throw new Error(`the socket ${socket} would have a path of ${length} bytes; ${longestSocket} are possible`)
}
