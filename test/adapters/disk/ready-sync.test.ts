import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dir as temporaryDir } from 'tmp-promise'
import { readySync } from '../../../src/adapters/disk/ready-sync.ts'
import { knowsNoOption, syncCommand } from '../../../src/adapters/disk/sync-program.ts'
import { ourChildren } from '../../support/processes.ts'
import { until } from '../../support/until.ts'

const fileSystem = (path: string) => ({ device: 1, path, name: path, type: 'ext4' })

describe('a sync that stands ready', () => {
  test('syncs each file system, as often as it is told', async () => {
    await using folder = await temporary()
    using ready = readySync([fileSystem(folder.path), fileSystem('/')])
    for (let times = 0; times < 3; times++) {
      const results = await ready.sync()
      assert.deepEqual(
        results.map(({ fileSystem: { path }, failed }) => [path, failed]),
        [
          [folder.path, null],
          ['/', null],
        ],
      )
      assert.ok(results.every(({ ms }) => ms > 0))
    }
  })

  test('says what the program said where it could not', async () => {
    using ready = readySync([fileSystem('/there/is/no/such/folder')])
    const [result] = await ready.sync()
    assert.match(result?.failed ?? '', /No such file or directory.* \(exit code 1\)$/)
  })

  test('leaves no process', async () => {
    const before = await ourChildren()
    const ready = readySync([fileSystem('/')])
    await ready.sync()
    ready[Symbol.dispose]()
    await until('no child is left', async () =>
      (await ourChildren()).every((child) => before.includes(child)),
    )
  })
})

describe('the command that syncs', () => {
  for (const [there, what, command] of [
    [['/usr/bin/sync', '/bin/sync'], 'one', ['/usr/bin/sync', '-f', '/data']],
    [['/bin/sync'], 'one', ['/bin/sync', '-f', '/data']],
    [['/bin/busybox'], 'one', ['/bin/busybox', 'sync', '-f', '/data']],
    [['/bin/busybox'], 'all', ['/bin/busybox', 'sync']],
    [[], 'one', null],
  ] as readonly (readonly [readonly string[], 'one' | 'all', readonly string[] | null])[])
    test(`is ${command?.join(' ') ?? 'none'} where there is ${there.join(' and ') || 'nothing'}`, () =>
      assert.deepEqual(
        syncCommand('/data', what, (program) => there.includes(program)),
        command,
      ))

  test('is another where sync knows no option', () => {
    assert.ok(knowsNoOption("/bin/sync: invalid option -- 'f' (exit code 1)"))
    assert.ok(!knowsNoOption('sync: error syncing /data: Input/output error (exit code 1)'))
  })
})

async function temporary() {
  const { path, cleanup } = await temporaryDir()
  return { path, [Symbol.asyncDispose]: cleanup }
}
