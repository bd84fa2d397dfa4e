import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { moveLines } from '../../src/adapters/move-lines.ts'
import { hardTimesAreMissing, inHardTimes } from '../support/hard-times.ts'

/** Longer than a test may take. */
const within = 60_000

describe('lines that were kept in the state directory', () => {
  test('are moved into the log, once, after what it has', async () => {
    await inFolder(async ({ kept, to, folder }) => {
      writeFileSync(to, '{"msg":"one"}\n')
      writeFileSync(kept, '{"msg":"two"}\n{"msg":"three"}\n')
      assert.deepEqual(await moveLines({ kept, to, within }), { is: 'moved' })
      assert.deepEqual(await moveLines({ kept, to, within }), { is: 'moved' })
      assert.equal(readFileSync(to, 'utf8'), '{"msg":"one"}\n{"msg":"two"}\n{"msg":"three"}\n')
      assert.deepEqual(readdirSync(folder), ['log'])
    })
  })

  test('begin on a line of their own where the disk took a part of the last one', async () => {
    await inFolder(async ({ kept, to }) => {
      writeFileSync(to, '{"msg":"one"}\n{"msg":"to')
      writeFileSync(kept, '{"msg":"two"}\n')
      await moveLines({ kept, to, within })
      assert.equal(readFileSync(to, 'utf8'), '{"msg":"one"}\n{"msg":"to\n{"msg":"two"}\n')
    })
  })

  test('are moved with what could not be kept there', async () => {
    await inFolder(async ({ kept, to }) => {
      writeFileSync(kept, '{"msg":"one"}\n')
      await moveLines({ kept, text: '{"msg":"two"}\n', to, within })
      await moveLines({ kept: null, text: '{"msg":"three"}\n', to, within })
      assert.equal(readFileSync(to, 'utf8'), '{"msg":"one"}\n{"msg":"two"}\n{"msg":"three"}\n')
    })
  })

  test('are moved by the next one, where who had taken them was killed meanwhile', async () => {
    await inFolder(async ({ kept, to, folder }) => {
      writeFileSync(`${kept}.99999999`, '{"msg":"one"}\n')
      writeFileSync(`${kept}.1`, '{"msg":"of a pid that is somebody else’s now"}\n')
      writeFileSync(kept, '{"msg":"two"}\n')
      await moveLines({ kept, to, within })
      assert.equal(readFileSync(to, 'utf8').split('\n').length, 4)
      assert.deepEqual(readdirSync(folder), ['log'])
    })
  })

  test('make the log, readable for nobody else', async () => {
    await inFolder(async ({ kept, to }) => {
      writeFileSync(kept, '{"msg":"one"}\n')
      await moveLines({ kept, to, within })
      assert.equal(statSync(to).mode & 0o777, 0o600)
    })
  })

  test('are JSON lines then, whatever Node itself said when it died, and whatever was cut off', async () => {
    await inFolder(async ({ kept, to }) => {
      writeFileSync(kept, '{"msg":"one"}\nFATAL ERROR: heap out of memory\n\n{"msg":"cut o')
      await moveLines({ kept, to, within })
      const lines = linesOf(to)
      assert.deepEqual(
        lines.map(({ msg }) => msg),
        ['one', 'FATAL ERROR: heap out of memory', '{"msg":"cut o'],
      )
      assert.deepEqual([lines[1]?.['level'], lines[1]?.['script']], [50, 'locktables'])
    })
  })

  for (const [what, why, at] of [
    ['is a directory', 'illegal operation on a directory (EISDIR)', (folder) => folder],
    ['is in no directory', 'no such file or directory (ENOENT)', (folder) => join(folder, 'none', 'log')],
    ['is on a full disk', 'no space left on device (ENOSPC)', () => '/dev/full'],
  ] as readonly (readonly [string, string, (folder: string) => string])[])
    test(`stay where they are where the log ${what}`, async () => {
      await inFolder(async ({ kept, folder }) => {
        writeFileSync(kept, '{"msg":"one"}\n')
        assert.deepEqual(await moveLines({ kept, to: at(folder), within }), { is: 'refused', why })
        assert.deepEqual(readdirSync(folder), ['kept'])
      })
    })

  test('are moved when the log can be written again, with those that came meanwhile', async () => {
    await inFolder(async ({ kept, to }) => {
      mkdirSync(to)
      writeFileSync(kept, '{"msg":"one"}\n')
      const moving = moveLines({ kept, to, within })
      writeFileSync(kept, '{"msg":"two"}\n')
      await moving
      rmdirSync(to)
      await moveLines({ kept, to, within })
      assert.deepEqual(
        linesOf(to)
          .map(({ msg }) => String(msg))
          .toSorted((one, other) => one.localeCompare(other)),
        ['one', 'two'],
      )
      assert.equal(existsSync(kept), false)
    })
  })

  test(
    'stay, and are moved once, on a disk that is full and then is not',
    { skip: hardTimesAreMissing() },
    async () => {
      await inFolder(async ({ folder }) => {
        const [kept, msgs, files] = Object(inHardTimes('a tiny disk', 'move lines to a full disk', folder))
        assert.deepEqual([kept, msgs.at(-1), files], [2011, 'x'.repeat(2000), ['log']])
      })
    },
  )

  test('where there are none, leave the log alone', async () => {
    await inFolder(async ({ kept, to }) => {
      await moveLines({ kept, to, within })
      assert.equal(existsSync(to), false)
    })
  })

  test('are left to who moves others and waits for the log, where nobody writes any more', async () => {
    await inFolder(async ({ kept, to, folder }) => {
      writeFileSync(kept, '{"msg":"one"}\n')
      // As long as it waits for a word, it is at it.
      const mover = spawn('/bin/sh', ['-c', 'read -r go', 'sh', to, kept], {
        stdio: ['pipe', 'ignore', 'ignore'],
      })
      writeFileSync(`${kept}.${mover.pid}`, '{"msg":"before"}\n')
      assert.deepEqual(await moveLines({ kept, to, within: 0 }), { is: 'stands still' })
      assert.ok(existsSync(kept))
      for (const msg of ['one', 'two']) {
        writeFileSync(kept, `{"msg":"${msg}"}\n`)
        await moveLines({ kept, to, within: 0, isLast: 'yes' })
      }
      assert.equal(readFileSync(`${kept}.${mover.pid}.next`, 'utf8'), '{"msg":"one"}\n{"msg":"two"}\n')
      mover.stdin.end('go\n')
      await once(mover, 'exit')
      await moveLines({ kept, to, within })
      assert.equal(linesOf(to).length, 3)
      assert.deepEqual(readdirSync(folder), ['log'])
    })
  })
})

function linesOf(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line))
}

interface Places {
  readonly folder: string
  readonly kept: string
  readonly to: string
}

async function inFolder(play: (places: Places) => Promise<void>): Promise<void> {
  await withDir(
    async ({ path: folder }) => await play({ folder, kept: join(folder, 'kept'), to: join(folder, 'log') }),
    { unsafeCleanup: true },
  )
}
