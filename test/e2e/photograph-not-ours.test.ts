import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { ServerName } from '../servers/catalog.ts'
import { type Server, startServer } from '../servers/start.ts'
import { tool } from '../servers/tool.ts'
import { account, accountWith } from '../support/accounts.ts'
import { succeeds } from '../support/expect.ts'
import { freePort } from '../support/free-port.ts'
import { type Lab, openLab } from '../support/lab.ts'
import { contentOf, makeContent, namesOf } from '../support/photograph/content.ts'
import type { Disk, Image } from '../support/photograph/disk.ts'
import { engineOptions } from '../support/photograph/engines.ts'
import { faultsOf } from '../support/photograph/judge.ts'
import { withOwnMounts } from '../support/photograph/own-mounts.ts'
import { startRows } from '../support/photograph/rows.ts'
import { openStudio, type Studio } from '../support/photograph/studio.ts'

const timeout = 120_000

await withOwnMounts('what is not on our disks is not called consistent', () => {
  for (const name of ['mysql-5.7', 'mariadb-10.11'] as const)
    describe(`${name}:`, () => {
      test(
        'in another mount namespace, where the same path exists here too, its own disk is photographed or nothing is promised',
        {
          timeout,
        },
        () => played(name, inAnotherNamespace),
      )
      test('on another host, whose paths exist here too, nothing is promised', { timeout }, () =>
        played(name, onAnotherHost),
      )
      test('with record-dir on a tmpfs nothing is promised', { timeout }, () => played(name, recordOnTmpfs))
    })
})

interface Scene {
  readonly studio: Studio
  readonly disk: Disk
  readonly server: Server
  readonly lab: Lab
  /** The disk before the content was made. */
  readonly earlier: Image
}

/** How the scripts see the machine. */
interface Sight extends AsyncDisposable {
  /** Shell commands that mount what they see. */
  readonly mounts?: string
  readonly mayBe: 'right' | 'nothing but unknown'
}

type Play = (scene: Scene) => Promise<Sight>

/** One run, whose scripts see the machine in their own way. Where they say "consistent" the photograph has to have all of it. */
async function played(name: ServerName, play: Play): Promise<void> {
  await using studio = await openStudio()
  await using disk = await studio.disk('disk')
  const options = engineOptions(name.startsWith('mariadb') ? 'mariadb' : 'mysql')
  const [dataDir, port] = [join(disk.place, 'data'), await freePort()]
  await using server = await startServer({ name, dir: dataDir, port, options })
  for (const statement of [...accountWith(account), ...accountWith({ ...account, from: '127.0.0.1' })])
    await server.client(statement)
  const rows = await startRows(server)
  await rows[Symbol.asyncDispose]()
  await using lab = await openLab(server.socket)
  await lab.settle({ 'record-dir': join(disk.place, 'record') })
  await mkdir(join(disk.place, 'record'))
  await tool('sync', ['-f', disk.place])
  const earlier = await disk.copy('earlier')
  await makeContent(server, namesOf(1))
  await using sight = await play({ studio, disk, server, lab, earlier })

  const how = sight.mounts === undefined ? {} : { mounts: sight.mounts }
  succeeds(await lab.start('pre-freeze-script', ['freeze'], how).ended, /^frozen at /)
  const acknowledged = rows.acknowledged()
  const image = await disk.copy('copy')
  const hold = await lab.hold()
  const content = sight.mayBe === 'right' ? await contentOf(server) : {}
  const { stdout } = await lab.start('post-thaw-script', ['thaw'], how).ended
  if (!/the snapshot is consistent$/m.test(stdout)) return assert.match(stdout, /^thawed after .*consistent/)
  assert.equal(sight.mayBe, 'right', stdout)
  await using copy = await image.mount()
  const [copied, recordDir] = [join(copy.place, 'data'), join(copy.place, 'record')]
  const expected = {
    run: hold!.run,
    coordinates: hold!.frozen!.servers[0]!.coordinates,
    acknowledged,
    content,
  }
  assert.deepEqual(await faultsOf(expected, { name, dataDir: copied, recordDir, options }), [])
}

/** The scripts see an earlier state of the disk at its place, as two containers of one image do; socket and record are shared. */
async function inAnotherNamespace({ disk, server, lab, earlier }: Scene): Promise<Sight> {
  const record = join(disk.place, 'record')
  const [socket, shared] = [join(lab.folder, 'shared.sock'), join(lab.folder, 'shared')]
  await lab.logInAs({ socket })
  const mounts = [
    `touch ${socket}`,
    `mount --bind ${server.socket} ${socket}`,
    `mkdir -p ${shared}`,
    `mount --bind ${record} ${shared}`,
    `mount -o loop ${earlier.file} ${disk.place}`,
    `mount --bind ${shared} ${record}`,
  ]
  return { mounts: mounts.join('; '), mayBe: 'right', [Symbol.asyncDispose]: async () => {} }
}

/**
 * Over TCP, through somebody who only passes it on; the server's process is not to be seen, and its paths lead to an
 * earlier state of its disk: the server, which has long opened its data directory, goes on in the hidden one.
 */
async function onAnotherHost({ disk, server, lab, earlier }: Scene): Promise<Sight> {
  const socket = join(lab.folder, 'kept.sock')
  await writeFile(socket, '')
  await tool('mount', ['--bind', server.socket, socket])
  const stale = await earlier.mount(disk.place)
  await tool('mount', ['--bind', socket, server.socket])
  await tool('mount', ['-t', 'tmpfs', 'none', `/proc/${server.pid}`])
  const wire = await wireTo(server.port)
  await lab.logInAs({ host: '127.0.0.1', port: String(wire.port), protocol: 'tcp' })
  return {
    mayBe: 'nothing but unknown',
    async [Symbol.asyncDispose]() {
      await wire[Symbol.asyncDispose]()
      for (const place of [`/proc/${server.pid}`, server.socket, socket]) await tool('umount', [place])
      await stale[Symbol.asyncDispose]()
    },
  }
}

async function recordOnTmpfs({ studio, lab }: Scene): Promise<Sight> {
  const folder = join(studio.folder, 'in-memory')
  await mkdir(folder)
  await tool('mount', ['-t', 'tmpfs', 'none', folder])
  await lab.settle({ 'record-dir': folder })
  return {
    mayBe: 'nothing but unknown',
    [Symbol.asyncDispose]: async () => void (await tool('umount', [folder])),
  }
}

async function wireTo(port: number): Promise<AsyncDisposable & { readonly port: number }> {
  const listener = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const end of [near, far]) end.on('error', () => end.destroy())
    near.pipe(far)
    far.pipe(near)
  })
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('it listens at no port')
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      listener.close()
      await once(listener, 'close')
    },
  }
}
