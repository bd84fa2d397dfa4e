import { dir as temporaryDir } from 'tmp-promise'
import { isAtLeast } from '../../src/core/server.ts'
import type { ServerName } from '../servers/catalog.ts'
import { type Server, startServer } from '../servers/start.ts'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

/** How a replica follows its source. */
export type By = 'GTID' | 'position'

/** Where the default channel of a replica starts: GTIDs say it themselves. */
export type From = 'GTID' | { readonly file: string; readonly position: number }

/** A source and a replica of it with four workers that preserve the order of commits. */
export interface Pair extends AsyncDisposable {
  readonly source: Server
  readonly replica: Server
  /** A further server on a data directory, made where there is none; its replication does not start by itself. */
  start(dir: string, options?: readonly string[]): Promise<Server>
}

export interface PairRequest {
  /** Further options of both. */
  readonly options?: readonly string[]
  /** Further options of the replica. */
  readonly replicaOptions?: readonly string[]
}

export async function startPair(
  name: ServerName,
  { options = [], replicaOptions = [] }: PairRequest = {},
): Promise<Pair> {
  const folder = await temporaryDir({ unsafeCleanup: true })
  const started: Server[] = []
  const source = await start(`${folder.path}/source`, options)
  await source.client(`CREATE USER repl IDENTIFIED BY 'replicates'; GRANT REPLICATION SLAVE ON *.* TO repl`)
  const replica = await start(`${folder.path}/replica`, [...options, ...replicaOptions])
  return {
    source,
    replica,
    start,
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((one) => one.stop()))
      await folder.cleanup()
    },
  }

  async function start(dir: string, more: readonly string[] = []): Promise<Server> {
    const [port, kind] = [await freePort(), kindOf(name)]
    const server = await startServer({ name, dir, port, options: [...replicating[kind], ...more] })
    started.push(server)
    return server
  }
}

const common = ['--log-slave-updates', '--skip-slave-start', '--relay-log=relay']

const replicating = {
  old: [
    ...common,
    '--master-info-repository=TABLE',
    '--relay-log-info-repository=TABLE',
    '--slave-parallel-type=LOGICAL_CLOCK',
    '--slave-parallel-workers=4',
    '--slave-preserve-commit-order=ON',
  ],
  new: ['--skip-replica-start', '--relay-log=relay', '--replica-parallel-workers=4'],
  mariadb: [...common, '--slave-parallel-threads=4', '--slave-parallel-mode=optimistic'],
} as const

type Kind = keyof typeof replicating

function kindOf(name: string): Kind {
  if (name.startsWith('mariadb')) return 'mariadb'
  return isAtLeast({ version: name.replace('mysql-', '') }, '8.0') ? 'new' : 'old'
}

/** Has a server follow a source on its default channel; whatever it followed there is forgotten. */
export async function follow(server: Server, source: Server, from: From): Promise<void> {
  const kind = kindOf(server.name)
  const word = kind === 'new' ? 'SOURCE' : 'MASTER'
  const options = [
    `${word}_HOST = '127.0.0.1'`,
    `${word}_PORT = ${source.port}`,
    `${word}_USER = 'repl'`,
    `${word}_PASSWORD = 'replicates'`,
    `${word}_CONNECT_RETRY = 1`,
    ...starting(kind, from),
    ...(kind === 'new' ? ['GET_SOURCE_PUBLIC_KEY = 1'] : []),
  ]
  const change = kind === 'new' ? 'CHANGE REPLICATION SOURCE TO' : 'CHANGE MASTER TO'
  const { stop, reset, start } = sayings[kind]
  await server.client(`${stop}; ${reset}; ${change} ${options.join(', ')}; ${start}`)
}

const sayings = {
  old: { stop: 'STOP SLAVE', reset: 'RESET SLAVE ALL', start: 'START SLAVE' },
  new: { stop: 'STOP REPLICA', reset: 'RESET REPLICA ALL', start: 'START REPLICA' },
  mariadb: { stop: 'STOP SLAVE', reset: 'RESET SLAVE ALL', start: 'START SLAVE' },
} as const

function starting(kind: Kind, from: From): string[] {
  const word = kind === 'new' ? 'SOURCE' : 'MASTER'
  if (from === 'GTID')
    return [kind === 'mariadb' ? 'MASTER_USE_GTID = slave_pos' : `${word}_AUTO_POSITION = 1`]
  const coordinates = [`${word}_LOG_FILE = '${from.file}'`, `${word}_LOG_POS = ${from.position}`]
  return [...coordinates, kind === 'mariadb' ? 'MASTER_USE_GTID = no' : `${word}_AUTO_POSITION = 0`]
}

/** Statements that stay on this server: what a replica logs of its own is in the way of what comes from its source. */
export async function writeLocally(server: Server, statements: readonly string[]): Promise<void> {
  await server.client(['SET SESSION sql_log_bin = 0', ...statements].join(';\n'))
}
