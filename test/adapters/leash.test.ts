import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { type Child, startChild } from '../support/child.ts'

/** A locker at a leash: it says when it listens, and how the leash has ended. */
const locker = `
import { leashOn } from '${join(import.meta.dirname, '../../src/adapters/leash.ts')}'
const held = process.argv[2] === 'held'
const leash = leashOn(process.stdin, { held })
leash.broken.addEventListener('abort', () => { console.log('broken'); process.exit() })
console.log('listening')
if (held) process.stdin.on('end', () => setImmediate(() => console.log('whole')))
else setTimeout(() => console.log('whole'), 50)
`

describe('the leash', () => {
  test('is broken when who holds it dies', async () => {
    await withLocker('held', 'pipe', async (child) => {
      child.process.stdin?.destroy()
      assert.equal(await child.said(), 'broken')
    })
  })

  test('is broken when who holds it says something else', async () => {
    await withLocker('held', 'pipe', async (child) => {
      child.process.stdin?.end('handed o')
      assert.equal(await child.said(), 'broken')
    })
  })

  test('is broken where there was never anybody', async () => {
    await withLocker('held', 'ignore', async (child, first) => {
      assert.match(`${first} ${first.includes('broken') ? '' : await child.said()}`, /broken/)
    })
  })

  test('is handed over by a word, whole or in pieces, and then by the end', async () => {
    for (const pieces of [['handed over\n'], ['handed ', 'over\n']])
      await withLocker('held', 'pipe', async (child) => {
        for (const piece of pieces) await new Promise((resolve) => child.process.stdin?.write(piece, resolve))
        child.process.stdin?.end()
        assert.equal(await child.said(), 'whole')
      })
  })

  test('is none for a locker that was started by hand', async () => {
    await withLocker('free', 'ignore', async (child) => {
      assert.equal(await child.said(), 'whole')
    })
  })
})

async function withLocker(
  how: 'held' | 'free',
  stdin: 'pipe' | 'ignore',
  play: (child: Child, first: string) => Promise<void>,
): Promise<void> {
  await withDir(
    async ({ path }) => {
      const script = join(path, 'locker.mts')
      writeFileSync(script, locker)
      await using child = startChild(process.execPath, ['--import', 'tsx', script, how], {
        stdio: [stdin, 'pipe', 'inherit'],
      })
      await play(child, await child.said())
    },
    { unsafeCleanup: true },
  )
}
