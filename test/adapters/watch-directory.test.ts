import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { watchDirectory } from '../../src/adapters/watch-directory.ts'
import { hardTimesAreMissing, inHardTimes } from '../support/hard-times.ts'

describe('a directory is watched', () => {
  test('for files that come and go', async () => {
    await withDir(
      async ({ path }) => {
        const file = join(path, 'waitforlock')
        for (const change of [
          () => writeFileSync(file, ''),
          () => writeFileSync(file, 'x'),
          () => rmSync(file),
        ])
          await lookedAfter(path, change)
      },
      { unsafeCleanup: true },
    )
  })

  test('every few milliseconds, where no watch can be had', async () => {
    await withDir(async ({ path }) => {
      await lookedAfter(join(path, 'nonexistent'), () => {})
    })
  })

  test('also where all watches of the user are taken', { skip: hardTimesAreMissing() }, async () => {
    await withDir(
      async ({ path }) => {
        assert.equal(inHardTimes('no watches', 'watch a directory', path), 'looked')
      },
      { unsafeCleanup: true },
    )
  })

  test('no longer than it is wanted', async () => {
    await withDir(
      async ({ path }) => {
        for (const directory of [path, join(path, 'nonexistent')]) {
          let looks = 0
          watchDirectory(directory, () => looks++)[Symbol.dispose]()
          await lookedAfter(directory, () => writeFileSync(join(path, 'x'), ''))
          assert.equal(looks, 0)
        }
      },
      { unsafeCleanup: true },
    )
  })
})

function lookedAfter(directory: string, change: () => void): Promise<void> {
  return new Promise((resolve) => {
    const watching = watchDirectory(directory, () => {
      watching[Symbol.dispose]()
      resolve()
    })
    change()
  })
}
