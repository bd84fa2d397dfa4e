import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatHold } from '../../src/core/hold.ts'
import { refuseWhileAttended } from '../../src/quiesce/attended.ts'
import { frozenGuest, type Guest, guest, holdIn } from '../support/fake/guest.ts'
import { aHold, only } from '../support/fake/holds.ts'
import type { StateFile } from '../support/fake/state-dir.ts'

type Lose = (g: Guest, file: StateFile) => unknown

const losses: Readonly<Record<string, Lose>> = {
  removed: (g, file) => g.stateDir.remove(file),
  emptied: (g, file) => g.stateDir.write(file, ''),
  damaged: (g, file) => g.stateDir.write(file, '{"run":'),
  replaced: (g, file) =>
    g.stateDir.write(
      file,
      formatHold({ ...aHold, run: 'run-0', asked: 'x', locker: { pid: 1, startTime: 1 } }),
    ),
}
const ways = Object.entries(losses)

describe('hold.json, lost while its locker lives, is written again, where it was', () => {
  for (const [how, lose] of ways) {
    test(`${how} while the lock was waited for: the freeze goes well`, async () => {
      const g = guest()
      const update = g.server.run('UPDATE orders SET paid = 1')
      const freezing = g.freeze()
      await g.schedule.pass(1000)
      lose(g, 'hold.json')
      await g.schedule.pass(1)
      assert.equal(holdIn(g)?.run, 'run-1')
      await assert.rejects(g.ended(g.freeze()), { code: 'busy' })
      update.end()
      await g.ended(freezing)
      assert.equal(await verdictOf(g), 'yes')
    })

    test(`${how} while frozen: a second freeze is refused, and the thaw has its verdict`, async () => {
      const g = await frozenGuest()
      const before = g.stateDir.files.get('hold.json')
      lose(g, 'hold.json')
      await assert.rejects(g.ended(g.freeze()), { code: 'busy' })
      await g.schedule.pass(1)
      assert.equal(g.stateDir.files.get('hold.json'), before)
      assert.equal(await verdictOf(g), 'yes')
    })

    test(`${how} while thawing: the verdict is that of its locker`, async () => {
      const g = await frozenGuest()
      const thawing = g.thaw()
      lose(g, 'hold.json')
      const thaw = await g.ended(thawing)
      assert.equal(thaw.what === 'thawed' && thaw.verdict.consistent, 'yes')
      assert.deepEqual([...g.stateDir.files], [])
    })
  }

  test('again and again, but not for ever', async () => {
    const g = await frozenGuest()
    for (let times = 0; times < 110; times++) {
      g.stateDir.remove('hold.json')
      await g.schedule.pass(1)
    }
    assert.equal(g.stateDir.files.has('hold.json'), false)
    assert.equal(g.lines.filter(({ message }) => message.startsWith('hold.json was gone')).length, 100)
    await assert.rejects(g.ended(g.freeze()), { code: 'busy' })
    assert.equal(await verdictOf(g), 'yes')
  })

  test('and it does not matter when it cannot be', async () => {
    const g = await frozenGuest()
    g.stateDir.breakOn('hold.json')
    g.stateDir.remove('hold.json')
    await g.schedule.pass(100)
    assert.equal(g.server.lock.isHeld(), true)
    await assert.rejects(g.ended(g.freeze()), { code: 'busy' })
  })
})

const heldBy = (how: string) =>
  `the tables are held already: locktables pid 1001 ${how}, since 2026-01-02T03:04:05.000Z, though the state directory does not say so`

test('a locker that is found is told by its run, where it has one', () => {
  const locker = { pid: 1001, startTime: 1 }
  const attendant = () => ({ locker, run: 'run-1', since: '2026-01-02T03:04:05.000Z' })
  assert.throws(() => refuseWhileAttended({ attendant }), { code: 'busy', message: heldBy('of run run-1') })
})

describe('while its locker stands still, hold.json stays lost; where it was', () => {
  for (const [how, lose] of ways) {
    test(`${how}, a second freeze is refused by the locker that is found`, async () => {
      const g = await frozenGuest()
      g.lockers[0]?.process.suspend()
      lose(g, 'hold.json')
      await assert.rejects(g.ended(g.freeze()), {
        code: 'busy',
        message: heldBy('started by hand'),
      })
      assert.equal(g.server.lock.isHeld(), true)
    })

    test(`${how}, a thaw ends the locker, and calls nothing consistent`, async () => {
      const g = await frozenGuest()
      g.lockers[0]?.process.suspend()
      lose(g, 'hold.json')
      assert.notEqual(await verdictOf(g), 'yes')
      await g.schedule.pass(2)
      assert.deepEqual([g.server.lock.isHeld(), [...g.stateDir.files]], [false, []])
    })

    test(`${how}, and waitforsnapshot removed, both do the same`, async () => {
      const g = await frozenGuest()
      g.lockers[0]?.process.suspend()
      lose(g, 'hold.json')
      g.stateDir.remove('waitforsnapshot')
      await assert.rejects(g.ended(g.freeze()), { code: 'busy' })
      assert.notEqual(await verdictOf(g), 'yes')
      await g.schedule.pass(2)
      assert.equal(g.server.lock.isHeld(), false)
    })
  }

  test('and the state directory emptied, a locktables by hand is refused', async () => {
    const g = await frozenGuest()
    g.lockers[0]?.process.suspend()
    for (const file of ['hold.json', 'waitforsnapshot'] as const) g.stateDir.remove(file)
    for (const file of ['waitforlock', 'waitforsnapshot'] as const) g.stateDir.write(file, '')
    await assert.rejects(g.ended(g.hold()), { code: 'busy', message: /^the tables are held already: / })
  })
})

describe('waitforsnapshot, lost, lets go: where it was', () => {
  for (const [how, lose] of ways) {
    test(`${how} while the lock was waited for, the freeze is cancelled`, async () => {
      const g = guest()
      g.server.run('UPDATE orders SET paid = 1')
      const freezing = g.freeze()
      await g.schedule.pass(1000)
      lose(g, 'waitforsnapshot')
      await assert.rejects(g.ended(freezing), { code: 'cancelled' })
      await g.schedule.pass(10)
      assert.deepEqual([g.server.lock.grants, holdIn(g)], [[], null])
    })

    test(`${how} while frozen, the database is let go, and no thaw calls the snapshot consistent`, async () => {
      const g = await frozenGuest()
      lose(g, 'waitforsnapshot')
      await g.schedule.pass(10)
      assert.equal(g.server.lock.isHeld(), false)
      assert.equal(await verdictOf(g), 'no')
      assert.deepEqual([...g.stateDir.files], [])
    })
  }
})

describe('waitforlock, lost while the lock is waited for, makes nobody call it frozen: where it was', () => {
  for (const [how, lose] of ways)
    test(how, async () => {
      const g = guest()
      const update = g.server.run('UPDATE orders SET paid = 1')
      const freezing = g.freeze()
      await g.schedule.pass(1000)
      lose(g, 'waitforlock')
      await g.schedule.pass(1000)
      assert.equal(freezing.result(), undefined)
      update.end()
      const { connection } = only(await g.ended(freezing))
      assert.equal(g.server.lock.isHeldBy(connection), true)
      assert.equal(await verdictOf(g), 'yes')
    })
})

test('a waitforlock that somebody makes while frozen calls the thaw too early: no verdict is better than the truth', async () => {
  const g = await frozenGuest()
  g.stateDir.write('waitforlock', '')
  assert.equal(await verdictOf(g), 'no')
  assert.equal(g.server.lock.isHeld(), false)
})

test('where hold.json was removed after the end of the hold, the verdict is unknown', async () => {
  const g = await frozenGuest()
  const thawing = g.thaw({ launcher: 'lets go first' })
  await g.schedule.pass(50)
  assert.notEqual(holdIn(g)?.ended ?? null, null)
  g.stateDir.remove('hold.json')
  assert.deepEqual(await g.ended(thawing), { what: 'unreadable' })
})

async function verdictOf(g: Guest): Promise<string> {
  const thaw = await g.ended(g.thaw())
  return thaw.what === 'thawed' ? thaw.verdict.consistent : thaw.what
}
