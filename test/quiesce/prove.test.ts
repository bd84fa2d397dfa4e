import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { never, refuses } from '../support/fake/database.ts'
import { guest } from '../support/fake/guest.ts'
import { only } from '../support/fake/holds.ts'

const nothingBut = { freezeWithin: 60_000, flushWithin: 4000 }

describe('under the lock', () => {
  test('the record says of which run, when, and of which server', async () => {
    const g = guest()
    const freezing = g.freeze()
    const { coordinates } = only(await g.ended(freezing))
    assert.deepEqual(g.recordDir.record, {
      run: freezing.run,
      lockedAt: '2026-01-02T03:04:05.214Z',
      at: '2026-01-02T03:04:05.215Z',
      servers: [
        {
          where: '/run/a.sock',
          server: g.server.identity,
          lock: 'ftwrl',
          coordinates,
          replica: [],
          coordinatesAre: 'stable',
        },
      ],
    })
  })

  test('writers wait for the slower of flush and record, not for their sum', async () => {
    const g = guest()
    const { steps } = await g.ended(g.freeze())
    const [{ at } = { at: Number.NaN }] = g.server.lock.grants
    const proved = g.stateDir.removals.find(({ file }) => file === 'waitforlock')?.at ?? Number.NaN
    const each = steps.filter(({ name }) => ['coordinates', 'flush', 'record', 'sync'].includes(name))
    assert.equal(each.length, 4)
    assert.ok(proved - at < each.reduce((sum, { ms }) => sum + ms, 0))
  })

  for (const [what, message, prepare] of [
    [
      'the server does not answer',
      'not there after 4s: the flush, the sync',
      (g) => (g.answers.flushStatus = () => (g.server.lock.isHeld() ? never : clean)),
    ],
    [
      'blocks stay dirty',
      'not there after 4s: the flush (3 dirty blocks, log flushed up to 5, wanted 5), the sync',
      (g) => (g.answers.flushStatus = () => (g.server.lock.isHeld() ? { ...clean, dirtyBlocks: 3 } : clean)),
    ],
    [
      'the log is not flushed',
      'not there after 4s: the flush (0 dirty blocks, log flushed up to 4, wanted 5), the sync',
      (g) => (g.answers.flushStatus = () => (g.server.lock.isHeld() ? { ...clean, flushedLsn: 4 } : clean)),
    ],
    [
      'the disk of the record is slow',
      'not there after 4s: the record, the sync',
      (g) => (g.recordDir.writes = 60_000),
    ],
    [
      'the disk of the database is slow',
      'not there after 4s: the sync',
      (g) => g.server.lock.onGrant(() => (g.disks.takes = 60_000)),
    ],
  ] as readonly (readonly [string, string, (g: ReturnType<typeof guest>) => unknown])[]) {
    test(`nothing may take longer than flush-within: ${what}`, async () => {
      const g = guest({ limits: nothingBut })
      prepare(g)
      await assert.rejects(g.ended(g.freeze()), { code: 'flush-timeout', message })
      await g.schedule.pass(2)
      assert.equal(g.server.lock.isHeld(), false)
    })
  }

  test('a record that cannot be written fails the freeze at once', async () => {
    const g = guest()
    g.recordDir.fails.writing = refuses('record-dir-unusable', 'no space left on device')
    await assert.rejects(g.ended(g.freeze()), { code: 'record-dir-unusable' })
    assert.ok(g.schedule.now() < 300)
  })
})

const clean = { dirtyBlocks: 0, lsn: 5, flushedLsn: 5 }
