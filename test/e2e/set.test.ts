import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { dir as temporaryDir } from 'tmp-promise'
import { formatCoordinates } from '../../src/core/coordinates.ts'
import type { ServerName } from '../servers/catalog.ts'
import { type Server, startServer } from '../servers/start.ts'
import { account, accountWith } from '../support/accounts.ts'
import { inTheWay } from '../support/moments.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import { type Lab, writeOptionFile } from '../support/lab.ts'
import { until } from '../support/until.ts'
import { type Writer, writerAt } from '../support/writer.ts'

const { scenario } = guestOn('mariadb-10.11')
// Two servers of one machine have one server_uid, where they are MariaDB.
const [mysql97, sibling] = [another('mysql-9.7'), another('mariadb-10.11')]
const others = [mysql97, sibling]

scenario('a set of three servers is locked as one, recorded in one record, and thawed', async (scene) => {
  await locksAll(scene)
  const { lab, server } = scene
  const frozen = await lab.freeze('freeze')
  const writers = writersOf(scene)
  const seen = await Promise.all(writers.map((writer) => writer.coordinates()))
  const waiting = await Promise.all(writers.map((writer) => writer.isKeptWaiting()))
  const { servers } = JSON.parse(await readFile(join(lab.recordDir, 'coordinates.json'), 'utf8'))
  const places = [server.socket, ...others.map(({ socket }) => socket())]
  const told = seen.map((one, index) => `${formatCoordinates(one)} of ${places[index]}`).join(', ')
  succeeds(frozen, new RegExp(`^frozen at ${told}, waited `))
  assert.deepEqual(
    servers.map(({ where, coordinates }: (typeof servers)[number]) => [where, coordinates]),
    places.map((where, index) => [where, seen[index]]),
  )
  assert.equal(
    await readFile(join(lab.recordDir, 'binlog_info'), 'utf8'),
    seen.map(({ file, position, gtid }) => `${file}\t${position}\t${gtid}\n`).join(''),
  )
  succeeds(await lab.thaw('thaw'), /is consistent$/m)
  for (const { written } of waiting) await written
  const run = (await lab.log()).find(({ msg }) => msg.startsWith('run '))
  const equal = checksIn(run).filter(({ name }) => name === 'coordinates equal')
  assert.deepEqual(
    equal.map(({ server: where, result }) => [where, result]),
    places.map((where) => [where, 'yes']),
  )
})

scenario(
  'none of a set stays locked where one of them does not grant its lock, and it is named',
  async (scene) => {
    await locksAll(scene)
    const { lab } = scene
    {
      await using _table = await inTheWay(mysql97.writer())
      const settings = ['--freeze-within=4s', '--lock-wait=1s']
      const why = new RegExp(`^not frozen: ${mysql97.socket()}: .*, behind `)
      failsWith('lock-not-granted', await lab.freeze('freeze', ...settings), why)
      for (const writer of [scene.writer, sibling.writer()]) await writer.writesAtOnce()
    }
    await mysql97.writer().writesAtOnce()
  },
)

scenario('none of a set is locked where one of them cannot be reached', async (scene) => {
  await locksAll(scene, { 'mysql-9.7': { socket: '/nonexistent/mysql.sock' } })
  const frozen = await scene.lab.freeze('freeze')
  failsWith('server-unreachable', frozen, /\/nonexistent\/mysql\.sock/)
  for (const writer of writersOf(scene)) await writer.writesAtOnce()
})

scenario(
  'a set whose one server loses its lock is let go as a whole, and is not consistent',
  async (scene) => {
    await locksAll(scene)
    const { lab } = scene
    await lab.freeze('freeze')
    const second = (await lab.hold())!.frozen!.servers[1]!
    await mysql97.writer().ask(`KILL ${second.connection}`)
    for (const writer of writersOf(scene)) await until('all write', () => writer.canWrite())
    const why = new RegExp(
      `is not consistent: ${mysql97.socket()}: the connection that held the lock was lost`,
    )
    failsWith('not-consistent', await lab.thaw('thaw'), why)
  },
)

scenario('two defaults-files of the same server are refused: another one was meant', async (scene) => {
  await locksAll(scene, { 'mariadb-10.11': { socket: mysql97.socket() } })
  failsWith('bad-setting', await scene.lab.freeze('freeze'), /two defaults-files lead to one server/)
  for (const writer of writersOf(scene)) await writer.writesAtOnce()
})

/** A further server, for all scenarios. */
function another(name: ServerName) {
  let server: Server
  let writer: Writer
  let folder: Awaited<ReturnType<typeof temporaryDir>>
  before(async () => {
    folder = await temporaryDir({ unsafeCleanup: true })
    server = await startServer({ name, dir: folder.path })
    writer = await writerAt(server.socket)
    for (const statement of accountWith(account)) await writer.ask(statement)
  })
  after(async () => {
    await server.stop()
    await folder.cleanup()
  })
  return { name, socket: () => server.socket, writer: () => writer }
}

/** Has the lab name all servers, each with its own login, which may be changed. */
async function locksAll(
  { lab, server }: Scene,
  changes: Partial<Record<ServerName, Readonly<Record<string, string>>>> = {},
): Promise<void> {
  const logins = others.map(({ name, socket }) => ({ ...account, socket: socket(), ...changes[name] }))
  const files = [{ ...account, socket: server.socket }, ...logins].map((login, index) => ({
    login,
    file: join(lab.folder, `server-${index}.cnf`),
  }))
  for (const { file, login } of files) await writeOptionFile(file, 'client', login)
  await nameAll(
    lab,
    files.map(({ file }) => file),
  )
}

/** The option file of the lab, with these for its one defaults-file. */
async function nameAll(lab: Lab, files: readonly string[]): Promise<void> {
  const text = await readFile(lab.config, 'utf8')
  const all = files.map((file) => `defaults-file = "${file}"`).join('\n')
  await writeFile(lab.config, text.replace(/^defaults-file = .*$/m, all))
}

function writersOf({ writer }: Scene): readonly Writer[] {
  return [writer, ...others.map((other) => other.writer())]
}

interface CheckLine {
  readonly name: string
  readonly result: string
  readonly server?: string
}

function checksIn(line: object | undefined): readonly CheckLine[] {
  const { checks } = Object(line)
  assert.ok(Array.isArray(checks))
  return checks
}
