import assert from 'node:assert/strict'
import { join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { dir as temporaryDir } from 'tmp-promise'
import { isAtLeast } from '../../src/core/server.ts'
import type { ServerName } from '../servers/catalog.ts'
import { type Server, startServer } from '../servers/start.ts'
import { freePort } from './free-port.ts'

/** How a replica follows its source. */
export type By = 'GTID' | 'position'

/** Where the default channel of a replica starts; `GTID`: where its own GTIDs say, or after these. */
export type From = 'GTID' | { readonly gtid: string } | { readonly file: string; readonly position: number }

/** A source and a replica of it with four workers that preserve the order of commits. */
export interface Pair extends AsyncDisposable {
  readonly source: Server
  readonly replica: Server
  /** A further server on a data directory; its replication does not start by itself. */
  startOn(dir: string): Promise<Server>
  readonly folder: string
}

/** `by`: without GTIDs where the server can do without; a transaction that has one is passed over when it comes a second time. */
export async function startPair(name: ServerName, by: By = 'GTID'): Promise<Pair> {
  const folder = await temporaryDir({ unsafeCleanup: true })
  const started: Server[] = []
  const [source, replica] = await Promise.all([
    start(join(folder.path, 'source')),
    start(join(folder.path, 'replica')),
  ])
  await source.client(`CREATE USER repl IDENTIFIED BY 'replicates'; GRANT REPLICATION SLAVE ON *.* TO repl`)
  return {
    source,
    replica,
    startOn: (dir) => start(dir),
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((one) => one.stop()))
      await folder.cleanup()
    },
  }

  async function start(dir: string): Promise<Server> {
    const [port, kind] = [await freePort(), kindOf(name)]
    const without =
      by === 'position' && kind !== 'mariadb' ? ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'] : []
    const server = await startServer({ name, dir, port, options: [...replicating[kind], ...without] })
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
  // MySQL has what it executed in its own tables.
  const after =
    kind === 'mariadb' && from !== 'GTID' && 'gtid' in from
      ? [`SET GLOBAL gtid_slave_pos = '${from.gtid}'`]
      : []
  await server.client([stop, reset, ...after, `${change} ${options.join(', ')}`, start].join(';\n'))
}

const sayings = {
  old: { stop: 'STOP SLAVE', reset: 'RESET SLAVE ALL', start: 'START SLAVE' },
  new: { stop: 'STOP REPLICA', reset: 'RESET REPLICA ALL', start: 'START REPLICA' },
  mariadb: { stop: 'STOP SLAVE', reset: 'RESET SLAVE ALL', start: 'START SLAVE' },
} as const

function starting(kind: Kind, from: From): string[] {
  const word = kind === 'new' ? 'SOURCE' : 'MASTER'
  if (from === 'GTID' || 'gtid' in from)
    return [kind === 'mariadb' ? 'MASTER_USE_GTID = slave_pos' : `${word}_AUTO_POSITION = 1`]
  const coordinates = [`${word}_LOG_FILE = '${from.file}'`, `${word}_LOG_POS = ${from.position}`]
  return [...coordinates, kind === 'mariadb' ? 'MASTER_USE_GTID = no' : `${word}_AUTO_POSITION = 0`]
}

/** Statements that stay on this server: what a replica logs of its own is in the way of what comes from its source. */
export async function writeLocally(server: Server, statements: readonly string[]): Promise<void> {
  await server.client(['SET SESSION sql_log_bin = 0', ...statements].join(';\n'))
}

export interface Coordinates {
  readonly file: string
  readonly position: number
}

/** Where the binary log of a server ends. */
export async function endOf(server: Server): Promise<Coordinates> {
  const status = kindOf(server.name) === 'new' ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS'
  const [file = '', position] = (await server.client(status)).split('\t')
  return { file, position: Number(position) }
}

/** Throws unless the default channel has applied all that its source has, within 30 s. */
export async function catchesUp(replica: Server, source: Server): Promise<void> {
  const { file, position } = await endOf(source)
  const wait = kindOf(replica.name) === 'new' ? 'SOURCE_POS_WAIT' : 'MASTER_POS_WAIT'
  const came = await replica.client(`SELECT ${wait}('${file}', ${position}, 30)`)
  if (Number(came) >= 0 && came !== 'NULL') return
  const { Last_SQL_Error: sql, Last_IO_Error: io } = await replicaStatus(replica)
  throw new Error(`not at ${file}:${position} (${came}): ${[sql, io].join(' ')}`)
}

/** The row of the default channel, as the server itself says it. */
export async function replicaStatus({ name, socket }: Server): Promise<RowDataPacket> {
  const connection = await createConnection({ socketPath: socket, user: 'root' })
  try {
    const status = kindOf(name) === 'new' ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS'
    const [[row]] = await connection.query<RowDataPacket[]>(status)
    assert.ok(row, 'it is no replica')
    return row
  } finally {
    connection.destroy()
  }
}

/** What is in the table that `load` writes. */
export async function contents(server: Server): Promise<string> {
  return await server.client('SELECT COUNT(*), SUM(changes) FROM shop.orders; CHECKSUM TABLE shop.orders')
}

export const loadTables = [
  'CREATE DATABASE IF NOT EXISTS shop',
  'CREATE TABLE IF NOT EXISTS shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, changes INT NOT NULL DEFAULT 0) ENGINE=InnoDB',
] as const

/** Four sessions that write until this is disposed of: single rows, and transactions of several statements. */
export async function load(server: Server): Promise<AsyncDisposable> {
  const over = new AbortController()
  const writers = await Promise.all(
    [1, 2, 3, 4].map(() => createConnection({ socketPath: server.socket, user: 'root' })),
  )
  const working = writers.map(async (writer) => {
    for (let round = 0; !over.signal.aborted; round++) {
      await writer.query('INSERT INTO shop.orders () VALUES ()')
      if (round % 5 > 0) continue
      await writer.query('BEGIN')
      await writer.query('INSERT INTO shop.orders () VALUES ()')
      await writer.query('UPDATE shop.orders SET changes = changes + 1 WHERE id = LAST_INSERT_ID()')
      await writer.query('COMMIT')
    }
  })
  return {
    async [Symbol.asyncDispose]() {
      over.abort()
      await Promise.all(working)
      for (const writer of writers) writer.destroy()
    },
  }
}
