import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FlushStatus } from '../../src/core/flush.ts'
import type { Observer } from '../../src/core/world.ts'
import { flushed } from '../../src/quiesce/flushed.ts'
import { guest } from '../support/fake/guest.ts'
import { processes } from '../support/fake/process.ts'
import { schedule } from '../support/fake/schedule.ts'

describe('everything is flushed', () => {
  test('when the log is on disk up to where it ended before the flush, though it has gone on since', async () => {
    const { said, asked, took } = await flushing([
      { dirtyBlocks: 0, lsn: 100, flushedLsn: 80 },
      { dirtyBlocks: 0, lsn: 300, flushedLsn: 100 },
    ])
    assert.deepEqual(asked, ['status', 'flush', 'status'])
    assert.deepEqual(said, ['0 dirty blocks, log flushed up to 100, wanted 100'])
    assert.equal(took, 0)
  })

  test('when no dirty blocks of MyISAM or Aria are left, and looks every 5 ms until then', async () => {
    const dirty = { lsn: null, flushedLsn: null }
    const { said, took } = await flushing([
      { dirtyBlocks: 7, ...dirty },
      { dirtyBlocks: 7, ...dirty },
      { dirtyBlocks: 2, ...dirty },
      { dirtyBlocks: 0, ...dirty },
    ])
    assert.deepEqual(
      said.map((what) => what.slice(0, 1)),
      ['2', '0'],
    )
    assert.equal(took, 5)
  })

  test('on a server whose InnoDB writes by itself as soon as on one whose does not', async () => {
    const times = [0, 50].map(async (background) => {
      const g = guest({ background })
      await g.ended(g.freeze())
      return g.schedule.now()
    })
    const [without, withIt] = await Promise.all(times)
    assert.equal(withIt, without)
  })
})

/** Has a server answer with these, one after another. */
async function flushing(answers: readonly FlushStatus[]) {
  const time = schedule()
  const { clock } = processes(time).start('locktables')
  const said: string[] = []
  const asked: string[] = []
  const left = [...answers]
  const observer: Pick<Observer, 'flushStatus' | 'flushLogs'> = {
    async flushStatus() {
      asked.push('status')
      const status = left.shift()
      assert.ok(status)
      return status
    },
    async flushLogs() {
      asked.push('flush')
    },
  }
  let isDone = false
  const done = flushed({ observer, clock, notYet: (what) => said.push(what) }).then(() => (isDone = true))
  await time.until(() => isDone)
  await done
  return { said, asked, took: time.now() }
}
