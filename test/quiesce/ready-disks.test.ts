import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FileSystem } from '../../src/core/disk/disk-evidence.ts'
import { refuses } from '../support/fake/database.ts'
import { type Guest, guest, type GuestSettings } from '../support/fake/guest.ts'
import { only } from '../support/fake/holds.ts'

const data: FileSystem = { device: 2, path: '/data/mysql', name: '/data', type: 'xfs' }

describe('the disks are synced', () => {
  test('once before the lock and once under it', async () => {
    const g = guest()
    await g.ended(g.freeze())
    const [{ at } = { at: Number.NaN }] = g.server.lock.grants
    const [before = Number.NaN, under = Number.NaN, ...more] = g.disks.syncs
    assert.ok(before < at && under > at)
    assert.deepEqual(more, [])
  })

  test('again before the lock where the first sync took long, and no more than three times', async () => {
    const g = guest()
    g.disks.takes = 400
    await g.ended(g.freeze())
    assert.equal(g.disks.syncs.length, 4)
  })

  test('before each attempt', async () => {
    const g = guest({ limits: { lockWait: 1000 } })
    const update = g.server.run('UPDATE orders SET paid = 1')
    g.schedule.after(2000, () => update.end())
    const { attempts } = await g.ended(g.freeze())
    assert.ok(attempts > 1)
    assert.equal(g.disks.syncs.length, attempts + 1)
  })

  test('for half of freeze-within before the lock; then it is left to run, said, and the lock is asked for', async () => {
    const g = guest({ limits: { freezeWithin: 20_000 } })
    g.disks.takes = 15_000
    g.schedule.after(10_200, () => (g.disks.takes = 2))
    const { servers } = await g.ended(g.freeze())
    assert.equal(servers[0]?.disk.before, null)
    assert.ok(
      g.lines.some(
        ({ level, message }) =>
          level === 'warn' && message === 'the sync before the lock takes too long: it is left to run',
      ),
    )
    const [{ at } = { at: Number.NaN }] = g.server.lock.grants
    assert.ok(at < 11_000)
  })

  test('for that long in all: the next attempt does not wait for it again', async () => {
    const g = guest({ limits: { freezeWithin: 20_000, lockWait: 1000, quietQuery: 60_000 } })
    g.disks.takes = 12_000
    const update = g.server.run('UPDATE orders SET paid = 1')
    g.schedule.after(11_500, () => (update.end(), (g.disks.takes = 2)))
    const { attempts } = await g.ended(g.freeze())
    assert.equal(attempts, 2)
    assert.equal(g.disks.syncs.length, 2)
  })

  test('until the freeze is given up: nobody waits for the sync then', async () => {
    const g = guest()
    g.disks.takes = 50_000
    const freezing = g.freeze()
    await g.schedule.pass(1000)
    g.stateDir.remove('waitforsnapshot')
    await assert.rejects(g.ended(freezing), { code: 'cancelled' })
    assert.ok(g.schedule.now() < 5000)
  })
})

describe('whether all is on disk is not known', () => {
  for (const [what, seen, prepare] of [
    [
      'a file system could not be synced',
      '/var/lib/mysql could not be synced: Input/output error (exit code 1)',
      (g) => (g.disks.failed = 'Input/output error (exit code 1)'),
    ],
    [
      'the server is on another machine',
      'not on this machine',
      (g) => (g.disks.found = { fileSystems: [], doubts: ['not on this machine'] }),
    ],
    [
      'the server does not say where its files are',
      'where the server keeps its files is not known: no such variable',
      (g) => (g.answers.paths = refuses('statement-failed', 'no such variable')),
    ],
    [
      "the binary log is of another length than the server's",
      /^binlog\.000042 is 7 bytes long/,
      (g) => (g.disks.found = { binaryLogSize: async () => 7 }),
    ],
    [
      'the record is on another file system',
      /^record-dir is on \/data \(xfs\), where the server \(\/var\/lib\/mysql\) has no file/,
      (g) => (g.disks.record = data),
    ],
  ] as readonly (readonly [string, string | RegExp, (g: Guest) => unknown])[]) {
    test(`where ${what}; the tables are frozen all the same`, async () => {
      const { g, check } = await frozenAndThawed(prepare)
      assert.equal(check?.result, 'unknown')
      if (typeof seen === 'string') assert.equal(check?.seen, seen)
      else assert.match(check?.seen ?? '', seen)
      assert.ok(g.lines.some(({ message }) => message.startsWith('frozen at ')))
    })
  }

  test('but the record is synced by itself where its file system could not be', async () => {
    const g = guest()
    g.disks.failed = 'no such option'
    g.recordDir.fails.syncing = refuses('record-dir-unusable', 'no space left on device')
    await assert.rejects(g.ended(g.freeze()), { code: 'record-dir-unusable' })
  })
})

test('a server without a binary log is on disk where its file systems were synced', async () => {
  const { check } = await frozenAndThawed(() => {}, { binaryLog: 'off' })
  assert.equal(check?.result, 'yes')
})

test('the file systems of a set are synced once, and each server has its own evidence', async () => {
  const g = guest({ servers: 2 })
  const { servers } = await g.ended(g.freeze())
  assert.equal(g.disks.syncs.length, 2)
  assert.deepEqual(
    servers.map(({ disk }) => disk.synced.length),
    [1, 1],
  )
})

async function frozenAndThawed(prepare: (g: Guest) => unknown, settings: GuestSettings = {}) {
  const g = guest(settings)
  prepare(g)
  only(await g.ended(g.freeze()))
  const thaw = await g.ended(g.thaw())
  assert.equal(thaw.what, 'thawed')
  const check =
    thaw.what === 'thawed' ? thaw.verdict.checks.find(({ name }) => name === 'on disk') : undefined
  return { g, check }
}
