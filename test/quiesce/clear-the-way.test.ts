import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatHold } from '../../src/core/hold.ts'
import { formatTicket } from '../../src/core/ticket.ts'
import { guest } from '../support/fake/guest.ts'
import { aHold, frozen, letGo, only } from '../support/fake/holds.ts'

describe('a second freeze is refused, and says who holds what since when', () => {
  for (const [phase, at, holds] of [
    ['freezing', 100, 'run run-1, asked by pid 1000'],
    ['freezing', 205, 'run run-1, locktables pid 1001, since 2026-01-02T03:04:05.200Z'],
    ['frozen', 1000, 'run run-1, locktables pid 1001, since 2026-01-02T03:04:05.219Z'],
  ] as const) {
    test(`while the tables are ${phase}, ${at} ms after the first began`, async () => {
      const g = guest()
      g.freeze()
      await g.schedule.pass(at)
      await assert.rejects(g.ended(g.freeze()), {
        code: 'busy',
        message: `the tables are ${phase} already: ${holds}`,
      })
    })
  }

  test('while the first is cancelling', async () => {
    const g = guest()
    g.freeze()
    await g.schedule.pass(205)
    g.stateDir.remove('waitforsnapshot')
    await assert.rejects(g.ended(g.freeze()), {
      code: 'busy',
      message: /^the tables are cancelling already: /,
    })
  })

  test('while the first is thawing', async () => {
    const g = guest()
    await g.ended(g.freeze())
    g.stateDir.remove('waitforsnapshot')
    await assert.rejects(g.ended(g.freeze()), { code: 'busy', message: /^the tables are thawing already: / })
  })

  test('and the first is not disturbed', async () => {
    const g = guest()
    const first = g.freeze()
    await g.schedule.pass(205)
    await assert.rejects(g.ended(g.freeze()))
    const { connection } = only(await g.ended(first))
    await g.schedule.pass(1000)
    assert.equal(g.server.lock.isHeldBy(connection), true)
  })
})

describe('a freeze cleans up what nobody is left of', () => {
  test('lock files of a dead locker, with a warning, and the run is reported', async () => {
    const g = guest()
    await g.ended(g.freeze())
    g.lockers[0]?.process.kill()
    await g.ended(g.freeze())
    assert.deepEqual(
      g.lines.filter(({ level }) => level === 'warn').map(({ message }) => message),
      [
        'cleaning up an abandoned run: run run-1, locktables pid 1001, since 2026-01-02T03:04:05.219Z, and is gone',
        'run run-1: consistent no: locktables (pid 1001) died with the lock, before the snapshot was over',
      ],
    )
  })

  for (const [what, ticket, who] of [
    [
      'of a pre-freeze-script that died',
      formatTicket({ run: 'run-0', asker: { pid: 7, startTime: 8 } }),
      'run run-0, asked by pid 7',
    ],
    ['of another hand', '', 'lock files of another hand'],
  ] as const) {
    test(`lock files ${what}`, async () => {
      const g = guest()
      g.stateDir.write('waitforlock', ticket)
      g.stateDir.write('waitforsnapshot', ticket)
      await g.ended(g.freeze())
      assert.equal(g.lines[0]?.message, `cleaning up an abandoned run: ${who}, and is gone`)
    })
  }

  test('a hold that ended and was never thawed: it is reported as let go by somebody else', async () => {
    const g = guest()
    g.stateDir.write('hold.json', formatHold({ ...frozen(g.processes.start('locktables')), ended: letGo }))
    await g.ended(g.freeze())
    assert.equal(
      g.lines[0]?.message,
      'run run-1: consistent no: somebody else let go before post-thaw-script came',
    )
  })

  test('a hold.json that is no hold, with a warning', async () => {
    const g = guest()
    g.stateDir.write('hold.json', '{"run":')
    await g.ended(g.freeze())
    assert.deepEqual(
      [g.lines[0]?.level, g.lines[0]?.message],
      ['warn', 'hold.json held no hold; it is removed'],
    )
  })

  test('what a locker that died has kept for the log', async () => {
    const g = guest()
    g.stateDir.write('hold.json', formatHold(aHold))
    const freezing = g.freeze()
    assert.equal(g.collected(), 1)
    await g.ended(freezing)
  })

  test('and then says nothing of what was clean', async () => {
    const g = guest()
    await g.ended(g.freeze())
    assert.deepEqual(
      g.lines.map(({ level }) => level),
      ['info', 'info'],
    )
  })
})
