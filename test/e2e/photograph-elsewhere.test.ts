import assert from 'node:assert/strict'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { ServerName } from '../servers/catalog.ts'
import { startServer } from '../servers/start.ts'
import { tool } from '../servers/tool.ts'
import { account, accountWith } from '../support/accounts.ts'
import { openLab } from '../support/lab.ts'
import type { Disk, Image } from '../support/photograph/disk.ts'
import { faultsOf } from '../support/photograph/judge.ts'
import { type Layout, layouts } from '../support/photograph/layout.ts'
import { playMatrix } from '../support/photograph/matrix.ts'
import { withOwnMounts } from '../support/photograph/own-mounts.ts'
import { startRows } from '../support/photograph/rows.ts'
import { openStudio } from '../support/photograph/studio.ts'
import { takePhotographs } from '../support/photograph/take.ts'

const timeout = 120_000

await withOwnMounts('a photograph of all the disks of a server has all that was there under the lock', () => {
  for (const name of ['mysql-5.7', 'mariadb-10.11'] as const)
    playMatrix({ name, fileSystem: 'xfs', durabilities: [{ syncBinlog: 0, flushLog: 2 }] })
  for (const [title, layout] of Object.entries(layouts))
    describe(`${title}:`, () => {
      for (const name of layout.servers) test(name, { timeout }, () => playLayout(name, layout))
    })
})

/** The copies are mounted where the disks were, as after a restore: links and settings name those places. */
async function playLayout(name: ServerName, layout: Layout): Promise<void> {
  await using studio = await openStudio()
  await using disk = await studio.disk('disk')
  await using second = await studio.disk('second')
  const other = join(second.place, 'other')
  await mkdir(other)
  await chmod(other, 0o777)
  const [dataDir, recordDir] = [join(disk.place, 'data'), join(disk.place, 'record')]
  const options = layout.options?.(other) ?? []
  if (layout.moved) await moveFiles(name, { dataDir, other, which: layout.moved })
  const lossy = ['--sync-binlog=0', '--innodb-flush-log-at-trx-commit=2']
  const server = await startServer({ name, dir: dataDir, options: [...options, ...lossy] })
  for (const statement of accountWith(account)) await server.client(statement)
  const rows = await startRows(server)
  const disks = [disk, second]
  for (const { place } of disks) await tool('sync', ['-f', place])
  await layout.fill?.(server, other)
  await using lab = await openLab(server.socket)
  await lab.settle({ 'record-dir': recordDir })
  const { expected, said, unfrozen, frozen } = await takePhotographs({ lab, server, rows, disks })
  await rows[Symbol.asyncDispose]()
  await server.stop()

  assert.match(said, /the snapshot is consistent$/)
  const logDir = layout.logDir?.(other) ?? dataDir
  for (const images of [unfrozen, frozen]) {
    await using _restored = await restore(images, disks)
    assert.deepEqual(await faultsOf(expected, { name, dataDir, recordDir, logDir, options }), [])
  }
}

async function moveFiles(
  name: ServerName,
  { dataDir, other, which }: { readonly dataDir: string; readonly other: string; readonly which: RegExp },
): Promise<void> {
  await (await startServer({ name, dir: dataDir })).stop()
  for (const file of await readdir(dataDir))
    if (which.test(file)) await tool('mv', [join(dataDir, file), other])
}

async function restore(images: readonly Image[], disks: readonly Disk[]): Promise<AsyncDisposable> {
  const restored: Disk[] = []
  for (const [index, image] of images.entries()) restored.push(await image.mount(disks[index]!.place))
  return {
    async [Symbol.asyncDispose]() {
      for (const disk of restored) await disk[Symbol.asyncDispose]()
    },
  }
}
