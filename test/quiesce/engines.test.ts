import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { OwnLog } from '../../src/core/disk/own-log.ts'
import type { Frozen } from '../../src/core/hold.ts'
import { enginesInUse } from '../../src/quiesce/engines-in-use.ts'
import { type Guest, guest, type GuestSettings } from '../support/fake/guest.ts'
import { never } from '../support/fake/database.ts'
import { only } from '../support/fake/holds.ts'

describe('which engines are in use', () => {
  const plan = { lock: 'ftwrl' } as const

  test('is not asked of the tables where every engine that is loaded is written by the lock', async () => {
    const observer = { enginesWithTables: () => assert.fail('asked') }
    assert.deepEqual(await enginesInUse(['InnoDB', 'MyISAM'], { observer, plan }), [
      { engine: 'InnoDB', is: 'loaded' },
      { engine: 'MyISAM', is: 'loaded' },
    ])
  })

  for (const [what, found, is] of [
    ['has tables', { engines: ['Falcon'], all: false }, 'tables'],
    ['has none, as an account sees that sees all', { engines: [], all: true }, undefined],
    ['has none that this account sees', { engines: [], all: false }, 'loaded'],
    ['cannot be looked for in time', 'cannot-tell', 'loaded'],
  ] as const)
    test(`is asked of the tables for one of which nothing is known; it ${what}`, async () => {
      const asked: string[] = []
      const observer = {
        enginesWithTables: async (engines: readonly string[]) => {
          asked.push(...engines)
          return found
        },
      }
      const inUse = await enginesInUse(['InnoDB', 'Falcon'], { observer, plan })
      assert.deepEqual(asked, ['Falcon'])
      assert.equal(inUse.find(({ engine }) => engine === 'Falcon')?.is, is)
    })
})

describe("RocksDB's log", () => {
  test('is not asked for where RocksDB is not loaded', async () => {
    const g = guest()
    g.answers.ownLog = () => assert.fail('asked')
    assert.equal(proofOf(await g.ended(g.freeze())), null)
  })

  test('is in its file with every commit where that is set: nothing is flushed', async () => {
    const { g, frozen } = await freeze({ atCommit: 1 }, (fake) => {
      fake.answers.flushOwnLog = () => assert.fail('flushed')
    })
    assert.equal(proofOf(frozen)?.how, 'every commit')
    assert.equal(g.server.lock.isHeld(), true)
  })

  test('is flushed before the lock, and once more under it', async () => {
    const underLock: boolean[] = []
    const { frozen } = await freeze({}, (g) => {
      g.answers.flushOwnLog = () => {
        underLock.push(g.server.lock.isHeld())
        return true
      }
    })
    assert.deepEqual(underLock, [false, true])
    assert.equal(proofOf(frozen)?.how, 'flushed')
  })

  test('is waited for where the account may not: until RocksDB has counted two of its own flushes under the lock', async () => {
    const { g, frozen } = await freeze({}, ticking)
    assert.match(proofOf(frozen)?.seen ?? '', /^Rocksdb_wal_synced went from \d+ to \d+ under the lock$/)
    assert.equal(proofOf(frozen)?.how, 'waited')
    const [{ at } = { at: Number.NaN }] = g.server.lock.grants
    const waited = g.schedule.now() - at
    assert.ok(waited > 1000 && waited < 2200, `${waited} ms`)
  })

  for (const [what, log, settings, most] of [
    ['RocksDB does not flush', {}, {}, 3300],
    ['flush-within is shorter', {}, { limits: { flushWithin: 1000 } }, 1000],
    ['it is not counted', { syncs: null }, {}, 300],
    ['there is none', { isOn: false }, {}, 300],
  ] as readonly (readonly [string, Partial<OwnLog>, GuestSettings, number])[])
    test(`leaves the verdict unknown where ${what}, and writers go on waiting no longer for it`, async () => {
      const { g, frozen } = await freeze(log, (fake) => (fake.answers.flushOwnLog = () => false), settings)
      assert.equal(proofOf(frozen)?.how, 'not seen')
      const [{ at } = { at: Number.NaN }] = g.server.lock.grants
      assert.ok(g.schedule.now() - at < most)
      const thaw = await g.ended(g.thaw())
      assert.ok(thaw.what === 'thawed')
      assert.equal(thaw.verdict.consistent, 'unknown')
      assert.equal(thaw.verdict.checks.find(({ name }) => name === 'engines on disk')?.result, 'unknown')
    })

  test('leaves the verdict unknown where RocksDB is gone meanwhile', async () => {
    const { frozen } = await freeze({}, (g) => (g.answers.ownLog = () => null))
    assert.deepEqual(proofOf(frozen), { how: 'not seen', seen: 'it was loaded, and says nothing of its log' })
  })

  test('is in the checks where one server of two has RocksDB', async () => {
    const { frozen } = await freeze({ atCommit: 1 }, () => {}, { servers: 2 })
    assert.deepEqual(
      frozen.servers.map(({ engines }) => engines.ownLog?.how),
      ['every commit', undefined],
    )
  })

  test('does not keep the freeze beyond its time where RocksDB does not end writing before the lock', async () => {
    const freezing = freeze({}, (g) => (g.answers.flushOwnLog = () => never), {
      limits: { freezeWithin: 20_000 },
    })
    await assert.rejects(freezing, /RocksDB was still writing what it had in memory/)
  })
})

/** A freeze of a server with RocksDB that says this of its log. */
async function freeze(log: Partial<OwnLog>, prepare: (g: Guest) => void, settings: GuestSettings = {}) {
  const g = guest(settings)
  g.answers.loadedEngines = () => ['InnoDB', 'ROCKSDB']
  g.answers.ownLog = () => ({ atCommit: 2, isOn: true, syncs: 7, ...log })
  prepare(g)
  return { g, frozen: await g.ended(g.freeze()) }
}

/** RocksDB's own flush, once a second; the account may not have it flush. */
function ticking(g: Guest): void {
  g.answers.ownLog = () => ({ atCommit: 2, isOn: true, syncs: Math.floor(g.schedule.now() / 1000) })
  g.answers.flushOwnLog = () => false
}

function proofOf(frozen: Frozen) {
  return only(frozen).engines.ownLog
}
