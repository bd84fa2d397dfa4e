import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ServerName } from '../../servers/catalog.ts'
import { type Server, startServer } from '../../servers/start.ts'
import { tool } from '../../servers/tool.ts'
import { account, accountWith } from '../accounts.ts'
import { type Lab, openLab } from '../lab.ts'
import { dropContent, makeContent, type Names, namesOf } from './content.ts'
import type { Disk, Image } from './disk.ts'
import { engineOptions } from './engines.ts'
import { faultsOf } from './judge.ts'
import type { FileSystem } from './mkfs.ts'
import { type Rows, startRows } from './rows.ts'
import { openStudio, type Studio } from './studio.ts'
import { type Photographs, takePhotographs } from './take.ts'

/** How often the server itself writes to the disk what it has acknowledged. */
export interface Durability {
  readonly syncBinlog: 0 | 1
  readonly flushLog: 0 | 1 | 2
}

export const everyDurability: readonly Durability[] = ([0, 1] as const).flatMap((syncBinlog) =>
  ([0, 1, 2] as const).map((flushLog) => ({ syncBinlog, flushLog })),
)

export interface MatrixRequest {
  readonly name: ServerName
  readonly fileSystem?: FileSystem
  readonly durabilities?: readonly Durability[]
  readonly options?: readonly string[]
}

/** Milliseconds for one run and the boot of its two copies. */
const timeout = 120_000

/** One server on one disk: for each durability a run, and what its photographs have. */
export function playMatrix({
  name,
  fileSystem = 'ext4',
  durabilities = everyDurability,
  options = [],
}: MatrixRequest): void {
  describe(`${name} on ${fileSystem}:`, () => {
    let stage: Stage
    before(async () => (stage = await openStage(name, fileSystem, options)))
    after(() => stage[Symbol.asyncDispose]())
    for (const durability of durabilities) playOne(durability)

    function playOne({ syncBinlog, flushLog }: Durability): void {
      describe(`sync_binlog=${syncBinlog}, innodb_flush_log_at_trx_commit=${flushLog}:`, () => {
        let taken: Photographs
        test('the snapshot is said to be consistent', { timeout }, async () => {
          taken = await stage.take({ syncBinlog, flushLog })
          assert.match(taken.said, /the snapshot is consistent$/)
        })
        for (const how of ['unfrozen', 'frozen'] as const)
          test(titles[how], { timeout }, async () => {
            assert.deepEqual(await stage.judge(taken, how), [])
          })
      })
    }
  })
}

const titles = {
  unfrozen: 'a photograph of the disk that nobody froze has all of it',
  frozen: 'one after FIFREEZE has all of it',
} as const

interface Stage extends AsyncDisposable {
  take(durability: Durability): Promise<Photographs>
  judge(taken: Photographs, how: 'unfrozen' | 'frozen'): Promise<readonly string[]>
}

async function openStage(
  name: ServerName,
  fileSystem: FileSystem,
  options: readonly string[],
): Promise<Stage> {
  const studio: Studio = await openStudio()
  const disk: Disk = await studio.disk('disk', { fileSystem })
  const all = [...engineOptions(name.startsWith('mariadb') ? 'mariadb' : 'mysql'), ...options]
  const server: Server = await startServer({ name, dir: join(disk.place, 'data'), options: all })
  for (const statement of accountWith(account)) await server.client(statement)
  const rows: Rows = await startRows(server)
  // what is lost without a sync is to be what was written lately
  await tool('sync', ['-f', disk.place])
  let runs = 0
  let last: Names | undefined

  return { take, judge, [Symbol.asyncDispose]: dispose }

  async function take({ syncBinlog, flushLog }: Durability): Promise<Photographs> {
    await server.client(
      `SET GLOBAL sync_binlog = ${syncBinlog}, GLOBAL innodb_flush_log_at_trx_commit = ${flushLog}`,
    )
    if (last) await dropContent(server, last)
    last = namesOf(++runs)
    await using lab: Lab = await openLab(server.socket)
    await lab.settle({ 'record-dir': join(disk.place, 'record') })
    await makeContent(server, last)
    return await takePhotographs({ lab, server, rows, disks: [disk] })
  }

  async function judge(
    { expected, ...images }: Photographs,
    how: 'unfrozen' | 'frozen',
  ): Promise<readonly string[]> {
    const [image]: readonly Image[] = images[how]
    assert.ok(image)
    await using copy = await image.mount()
    const [dataDir, recordDir] = [join(copy.place, 'data'), join(copy.place, 'record')]
    return await faultsOf(expected, { name, dataDir, recordDir, options: all })
  }

  async function dispose(): Promise<void> {
    await rows[Symbol.asyncDispose]()
    await server.stop()
    await disk[Symbol.asyncDispose]()
    await studio[Symbol.asyncDispose]()
  }
}
