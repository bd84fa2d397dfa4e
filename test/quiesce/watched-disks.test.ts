import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { theDisk } from '../support/fake/disks.ts'
import { frozenGuest, guest, type GuestSettings, holdIn } from '../support/fake/guest.ts'

const qemuGa = { name: 'qemu-ga', freezes: 'yes', why: 'qemu-ga freezes the file systems' } as const
const veeam = { name: 'veeam', freezes: 'no', why: 'veeam freezes no file systems' } as const
const tank = { device: 2, path: '/tank', name: '/tank', type: 'zfs' }

async function thawed(settings: GuestSettings, prepare: (g: ReturnType<typeof guest>) => void) {
  const g = guest(settings)
  prepare(g)
  await g.ended(g.freeze())
  await g.schedule.until(() => g.schedule.now() > 60_000)
  const thaw = await g.ended(g.thaw())
  assert.ok(thaw.what === 'thawed')
  const check = thaw.verdict.checks.find(({ name }) => name === 'disks frozen')
  return { g, ...thaw, check }
}
const limits = { holdAtMost: 100_000 }

describe('where the invoker freezes file systems, they', () => {
  test('are watched from before the lock, for no longer than the freeze and the hold may take', async () => {
    const g = guest({ invoker: qemuGa })
    let watched: number | undefined
    g.stateDir.beforeOperation(() => {
      if (g.server.lock.isHeld()) watched ??= g.disks.watches.length
    })
    await g.ended(g.freeze())
    assert.equal(watched, 1)
    assert.deepEqual(g.disks.watches, [{ of: [theDisk], within: 180_000, eager: true, over: false }])
  })

  test('are watched until the hold is over, and no longer', async () => {
    const { g } = await thawed({ invoker: qemuGa, limits }, () => {})
    assert.deepEqual(
      g.disks.watches.map(({ over }) => over),
      [true],
    )
  })

  test('were frozen where they stood still after "frozen" was said: from when to when is in hold.json', async () => {
    const { hold, check, verdict } = await thawed({ invoker: qemuGa, limits }, (g) => {
      const stoodStill = [
        { fromAgo: 20_000, untilAgo: 10_000 },
        { fromAgo: 5000, untilAgo: null },
      ]
      g.disks.seen = { notWatched: null, stoodStill }
    })
    assert.deepEqual([verdict.consistent, check?.result], ['yes', 'yes'])
    const [disk] = hold.ended?.disks ?? []
    const lengths = disk?.stoodStill.map(({ from, until }) => until && Date.parse(until) - Date.parse(from))
    assert.deepEqual([disk?.name, lengths], ['/var/lib/mysql', [10_000, null]])
  })

  for (const [what, stoodStill] of [
    ['never stood still', []],
    ['stood still before "frozen" was said', [{ fromAgo: 200_000, untilAgo: 100_000 }]],
  ] as const)
    test(`were not frozen where they ${what}: the verdict is unknown`, async () => {
      const { check, verdict } = await thawed({ invoker: qemuGa, limits }, (g) => {
        g.disks.seen = { notWatched: null, stoodStill }
      })
      assert.equal(verdict.consistent, 'unknown')
      assert.equal(
        check?.seen,
        'qemu-ga did not freeze the disks: /var/lib/mysql (ext4) could be written to all the time',
      )
    })

  test('are asked for after the unlock, and for a second at most', async () => {
    const { g, hold, check } = await thawed({ invoker: qemuGa, limits }, (each) => {
      each.disks.seen = 'never'
    })
    assert.equal(
      check?.seen,
      'whether qemu-ga froze the disks is not known: /var/lib/mysql (ext4) could not be watched: no answer within 1000 ms',
    )
    const { at, lockedUntil } = hold.ended!
    const unlocked = g.server.lock.grants.at(-1)?.until
    assert.ok(unlocked !== undefined && Date.parse(at) - Date.parse(lockedUntil!) >= 1000)
  })

  test('are passed over where they cannot be frozen', async () => {
    const { g, check, verdict } = await thawed({ invoker: qemuGa, limits }, (each) => {
      each.disks.found = { fileSystems: [tank] }
      each.disks.record = tank
    })
    assert.deepEqual([verdict.consistent, g.disks.watches.length], ['yes', 0])
    assert.deepEqual([check?.result, check?.seen], ['not-applicable', 'no agent can freeze /tank (zfs)'])
  })
})

describe('where the invoker freezes nothing, file systems', () => {
  test('are not watched', async () => {
    const { g, check } = await thawed({ invoker: veeam, limits }, () => {})
    assert.deepEqual([g.disks.watches.length, check?.result, check?.seen], [0, 'not-applicable', veeam.why])
  })
})

describe('who called', () => {
  test('is in hold.json', async () => {
    assert.deepEqual(holdIn(await frozenGuest({ invoker: veeam }))?.invoker, veeam)
    assert.equal(holdIn(await frozenGuest())?.invoker, undefined)
  })
})
