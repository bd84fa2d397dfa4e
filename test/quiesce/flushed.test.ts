import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FlushProof, FlushStatus, LogFlush } from '../../src/core/flush.ts'
import type { Observer } from '../../src/core/world.ts'
import { flushed } from '../../src/quiesce/flushed.ts'
import { guest } from '../support/fake/guest.ts'
import { processes } from '../support/fake/process.ts'
import { schedule } from '../support/fake/schedule.ts'

describe('everything is flushed', () => {
  test('when the log is on disk up to where it ends', async () => {
    const { said, asked, took } = await flushing([{ dirtyBlocks: 0, lsn: 100, flushedLsn: 100 }])
    assert.deepEqual(asked, ['flush', 'status'])
    assert.deepEqual(said, [])
    assert.equal(took, 0)
  })

  test('when a second flush has brought on disk what InnoDB wrote by itself after the first, though it has gone on since', async () => {
    const { said, asked, took } = await flushing([
      { dirtyBlocks: 0, lsn: 300, flushedLsn: 100 },
      { dirtyBlocks: 0, lsn: 350, flushedLsn: 300 },
    ])
    assert.deepEqual(asked, ['flush', 'status', 'flush', 'status'])
    assert.deepEqual(said, ['0 dirty blocks, log flushed up to 300, wanted 300'])
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
      ['7', '2', '0'],
    )
    assert.equal(took, 10)
  })

  test('when the server has written the log and leaves the rest to our sync: its flushed LSN is not waited for', async () => {
    const notSynced = { dirtyBlocks: 0, lsn: 300, flushedLsn: 100 }
    const { asked, took, by } = await flushing([notSynced, notSynced], 'writes')
    assert.deepEqual(asked, ['flush', 'status', 'flush', 'status'])
    assert.deepEqual([took, by], [0, 'sync'])
  })

  test('not before its flushed LSN is there, where no statement writes the log', async () => {
    const notWritten = { dirtyBlocks: 0, lsn: 300, flushedLsn: 100 }
    const written = { dirtyBlocks: 0, lsn: 300, flushedLsn: 300 }
    const { took, by } = await flushing([notWritten, notWritten, notWritten, written], 'does nothing')
    assert.deepEqual([took, by], [10, 'server'])
  })

  test('without waiting for what InnoDB flushes by itself, once a second', async () => {
    const times = [0, 50].map(async (background) => {
      const g = guest({ background })
      await g.ended(g.freeze())
      return g.schedule.now()
    })
    const [without, withIt] = await Promise.all(times)
    assert.ok(withIt! - without! < 50, `${withIt} ms, and ${without} ms where nothing is written`)
  })
})

/** Has a server answer with these, one after another. */
async function flushing(answers: readonly FlushStatus[], does: LogFlush = 'syncs') {
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
      return does
    },
  }
  let proof: FlushProof | undefined
  void flushed({ observer, clock, notYet: (what) => said.push(what) }).then((one) => (proof = one))
  await time.until(() => proof !== undefined)
  return { said, asked, took: time.now(), by: proof?.by }
}
