import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatHold } from '../../src/core/hold.ts'
import { formatTicket } from '../../src/core/ticket.ts'
import { thawLine } from '../../src/quiesce/thaw-line.ts'
import { never } from '../support/fake/database.ts'
import { frozenGuest, type Guest, guest, type GuestSettings, holdIn } from '../support/fake/guest.ts'
import { aHold, frozen as frozenHold, letGo, only } from '../support/fake/holds.ts'

describe('a thaw lets go before anything else', () => {
  test('the file is gone before it has looked at anything', async () => {
    const g = await frozen()
    const before: boolean[] = []
    g.stateDir.beforeOperation(() => before.push(g.stateDir.files.has('waitforsnapshot')))
    const thawing = g.thaw()
    assert.deepEqual(before.slice(0, 2), [true, false])
    await g.ended(thawing)
  })

  test('or its launcher has, before Node was there: writers do not wait for Node', async () => {
    const g = await frozen()
    const letGoAt = g.schedule.now()
    await g.ended(g.thaw({ launcher: 'lets go first' }))
    assert.ok((g.server.lock.grants[0]?.until ?? Infinity) - letGoAt < 5)
  })

  test('also when its process dies in that moment', async () => {
    const g = await frozen()
    g.thaw({ launcher: 'lets go first' }).process.kill()
    await g.schedule.pass(10)
    assert.equal(g.server.lock.isHeld(), false)
  })
})

describe('a thaw waits for the ending and judges', () => {
  for (const launcher of ['none', 'lets go first'] as const) {
    test(`consistent: yes, and why (launcher: ${launcher})`, async () => {
      const g = await frozen()
      await g.schedule.pass(5000)
      const thaw = await g.ended(g.thaw({ launcher }))
      assert.ok(thaw.what === 'thawed')
      assert.deepEqual(
        [thaw.verdict.consistent, thaw.verdict.checks.map(({ name, result }) => `${name}: ${result}`)],
        [
          'yes',
          [
            'hold not expired: yes',
            'handed over: yes',
            'disks frozen: not-applicable',
            'lock granted: yes',
            'lock seen by the server: yes',
            'same connection: yes',
            'server not restarted: yes',
            'coordinates equal: yes',
            'GTID equal: yes',
            'replica position equal: not-applicable',
            'flushed: yes',
            'engines on disk: yes',
            'on disk: yes',
            'let go by the thaw: yes',
          ],
        ],
      )
    })
  }

  test('it hears the ending when it comes, not at its next look', async () => {
    const g = await frozen()
    const began = g.schedule.now()
    await g.ended(g.thaw())
    assert.ok(g.schedule.now() - began < 5)
  })

  for (const [what, disturb, seen] of [
    [
      'the hold had expired',
      (g) => g.schedule.pass(61_000),
      'the hold expired after 60.0 s, before the snapshot was over',
    ],
    [
      'the locker was stopped',
      (g) => g.lockers[0]?.process.term(),
      'locktables was stopped after 1.0 s, before the snapshot was over',
    ],
    [
      'the locker was killed',
      (g) => g.lockers[0]?.process.kill(),
      'locktables (pid 1001) died with the lock, before the snapshot was over',
    ],
    [
      'the connection was lost',
      (g) => g.server.sessions.end(2),
      'the connection that held the lock was lost within 1.0 s',
    ],
    [
      'the server was restarted',
      (g) => g.server.crash(),
      'the connection that held the lock was lost within 1.0 s',
    ],
    [
      'somebody else had let go',
      (g) => g.stateDir.remove('waitforsnapshot'),
      'somebody else let go before post-thaw-script came',
    ],
    [
      'somebody else had let go, and made the file anew',
      (g) => {
        g.stateDir.remove('waitforsnapshot')
        g.schedule.after(50, () => g.stateDir.write('waitforsnapshot', ''))
      },
      'somebody else let go before post-thaw-script came',
    ],
    [
      'the binary log has moved',
      (g) =>
        (g.answers.read = () => ({
          connection: 2,
          uuid: 'a-server',
          coordinates: { file: 'b', position: 4, gtid: '' },
        })),
      'the binary log moved from binlog.000042:2400 to b:4, by a new file: FLUSH LOGS, RESET, or a file that was full',
    ],
    [
      'another connection answers',
      (g) =>
        (g.answers.read = () => ({ connection: 9, uuid: 'a-server', coordinates: g.server.coordinates() })),
      'connection 2 took the lock, connection 9 answered',
    ],
    [
      'the server does not show the lock',
      (g) => (g.answers.lockSeen = () => false),
      'metadata_locks does not show the lock for this session',
    ],
  ] as readonly (readonly [string, (g: Guest) => unknown, string])[]) {
    for (const launcher of ['none', 'lets go first'] as const) {
      test(`consistent: no, where ${what} (launcher: ${launcher})`, async () => {
        const g = await frozen()
        await g.schedule.pass(1000)
        await disturb(g)
        await g.schedule.pass(100)
        const thaw = await g.ended(g.thaw({ launcher }))
        assert.ok(thaw.what === 'thawed')
        const reason = thaw.verdict.checks.find(({ result }) => result === 'no')?.seen
        assert.deepEqual([thaw.verdict.consistent, reason], ['no', seen])
      })
    }
  }

  test('consistent: unknown, where the server does not answer the last questions', async () => {
    const g = await frozen()
    g.answers.read = () => never
    const thaw = await g.ended(g.thaw())
    assert.equal(thaw.what === 'thawed' && thaw.verdict.consistent, 'unknown')
  })

  test('and writes the run line of the log', async () => {
    const g = await frozen()
    const thaw = await g.ended(g.thaw())
    assert.ok(thaw.what === 'thawed')
    const line = g.lines.at(-1)
    assert.deepEqual(
      [line?.level, line?.message],
      ['info', 'run run-1: consistent yes: nothing speaks against it'],
    )
    assert.deepEqual(line?.facts['checks'], thaw.verdict.checks)
  })

  test('and then nothing is left in the state directory', async () => {
    const g = await frozen()
    await g.ended(g.thaw())
    assert.deepEqual([[...g.stateDir.files], g.processes.alive()], [[], []])
  })
})

describe('what a locker has kept for the log', () => {
  for (const [what, collected, end] of [
    ['is collected where it was killed', 1, (g: Guest) => g.lockers[0]?.process.kill()],
    ['is collected where its hold had expired', 1, (g: Guest) => g.schedule.pass(70_000)],
    ['is left to it where it hears of the thaw', 0, () => {}],
  ] as const)
    test(what, async () => {
      const g = await frozen()
      await end(g)
      const before = g.collected()
      await g.ended(g.thaw())
      assert.equal(g.collected() - before, collected)
    })
})

describe('a thaw of a locker that does not answer', () => {
  test('ends it, after thaw-within: with its connection goes the lock', async () => {
    const g = await frozen()
    g.lockers[0]?.process.suspend()
    const began = g.schedule.now()
    const thaw = await g.ended(g.thaw())
    assert.equal(thaw.what === 'thawed' && thaw.verdict.consistent, 'no')
    await g.schedule.pass(2)
    assert.equal(g.server.lock.isHeld(), false)
    assert.ok(g.schedule.now() - began < g.limits.thawWithin + 5000)
    assert.match(
      g.lines.find(({ level }) => level === 'error')?.message ?? '',
      /^locktables \(pid 1001\) does not answer within 15000 ms: ending it$/,
    )
  })

  test('that cannot be ended says so, and leaves hold.json to whoever comes next', async () => {
    const g = await frozen()
    g.lockers[0]?.process.hang()
    await assert.rejects(g.ended(g.thaw()), {
      code: 'thaw-timeout',
      message: 'locktables (pid 1001) neither answers within 15000 ms nor ends',
    })
    assert.deepEqual([...g.stateDir.files.keys()], ['hold.json'])
  })
})

describe('a thaw with nothing to thaw says so', () => {
  test('where there is nothing', async () => {
    const g = guest()
    assert.deepEqual(await g.ended(g.thaw()), { what: 'nothing to thaw' })
    assert.deepEqual(g.lines, [])
  })

  test('where the thaw is called a second time', async () => {
    const g = await frozen()
    await g.ended(g.thaw())
    assert.deepEqual(await g.ended(g.thaw()), { what: 'nothing to thaw' })
  })
})

describe('a thaw whose freeze is over leaves the next one alone', () => {
  for (const [what, comes] of [
    ['where it had found nothing', 'nothing to thaw'],
    ['where it had let its own go', 'superseded'],
  ] as const)
    test(what, async () => {
      const g = guest({ limits: { holdAtMost: 1000 } })
      await g.ended(g.freeze())
      await g.schedule.pass(2000)
      if (comes === 'nothing to thaw') await g.ended(g.thaw())
      const late = g.thaw({ launcher: 'lets go first' })
      const next = g.freeze()
      assert.deepEqual(await g.ended(late), { what: comes })
      const { connection } = only(await g.ended(next))
      assert.equal(g.server.lock.isHeldBy(connection), true)
    })
})

describe('a thaw that stands still while its hold ends', () => {
  for (const [what, prepare] of [
    ['lets it go, and leaves the next freeze alone', () => {}],
    [
      'leaves the next freeze alone, also where that hold was no hold for a while',
      (g) => g.stateDir.write('hold.json', '{'),
    ],
  ] as readonly (readonly [string, (g: Guest) => void])[])
    test(what, async () => {
      const g = await frozen()
      const thawing = g.thaw()
      thawing.process.suspend()
      prepare(g)
      await g.schedule.pass(1000)
      const { connection } = only(await g.ended(g.freeze()))
      thawing.process.resume()
      assert.deepEqual(await g.ended(thawing), { what: 'superseded' })
      assert.equal(g.server.lock.isHeldBy(connection), true)
      assert.match(thawLine(await g.ended(g.thaw()), 'thaw').line, /the snapshot is consistent$/)
    })

  test('says that it never was one, where the freeze that failed has put it away', async () => {
    const g = guest({ startsWithin: 0 })
    g.answers.flushStatus = () => never
    const freezing = g.freeze()
    await g.schedule.pass(100)
    const thawing = g.thaw()
    thawing.process.suspend()
    await assert.rejects(g.ended(freezing), { code: 'cancelled' })
    thawing.process.resume()
    assert.deepEqual(await g.ended(thawing), { what: 'never held' })
  })
})

test('a thaw with nothing to thaw, after a freeze of which the log knows no end, says that it is lost', async () => {
  const since = '2026-01-02T03:04:05.000Z'
  const g = guest({ unfinished: since })
  assert.deepEqual(await g.ended(g.thaw()), { what: 'lost', since })
})

describe('a thaw before there is a hold', () => {
  test('lets go, and the locker that then begins never locks', async () => {
    const g = guest()
    const freezing = g.freeze()
    await g.schedule.pass(100)
    assert.deepEqual(await g.ended(g.thaw()), { what: 'never held' })
    await assert.rejects(g.ended(freezing), { code: 'cancelled' })
    assert.deepEqual(g.server.lock.grants, [])
    assert.equal(
      g.lines[0]?.message,
      'waitforsnapshot was there without a hold: locktables had not begun, or is gone',
    )
  })

  test('cleans up where nobody is left', async () => {
    const g = guest()
    const text = formatTicket({ run: 'run-0', asker: { pid: 7, startTime: 8 } })
    g.stateDir.write('waitforlock', text)
    g.stateDir.write('waitforsnapshot', text)
    assert.deepEqual(await g.ended(g.thaw()), { what: 'never held' })
    assert.deepEqual([[...g.stateDir.files], g.collected()], [[], 1])
  })

  test('while the lock is waited for: the freeze is cancelled, and the thaw says that it never was', async () => {
    const g = guest()
    g.server.run('UPDATE orders SET paid = 1')
    const freezing = g.freeze()
    await g.schedule.pass(1000)
    const thawing = g.thaw()
    await assert.rejects(g.ended(freezing), { code: 'cancelled' })
    assert.notEqual(await g.ended(thawing), { what: 'nothing to thaw' })
    await g.schedule.pass(10)
    assert.deepEqual([[...g.stateDir.files], g.server.lock.isHeld()], [[], false])
  })
})

describe('a thaw with a hold.json that is no hold', () => {
  test('lets go, waits for its end for thaw-within, and has no verdict', async () => {
    const g = await frozen()
    g.stateDir.write('hold.json', '{')
    g.lockers[0]?.process.suspend()
    assert.deepEqual(await g.ended(g.thaw()), { what: 'unreadable' })
    assert.deepEqual([...g.stateDir.files], [])
  })

  test('takes what the locker then writes', async () => {
    const g = await frozen()
    g.stateDir.write('hold.json', '{')
    const thaw = await g.ended(g.thaw())
    assert.equal(thaw.what === 'thawed' && thaw.verdict.consistent, 'yes')
  })

  test('as with one that somebody has removed', async () => {
    const g = await frozen()
    g.lockers[0]?.process.suspend()
    const thawing = g.thaw()
    g.stateDir.remove('hold.json')
    assert.deepEqual(await g.ended(thawing), { what: 'unreadable' })
  })
})

describe('a thaw of a run that is over already', () => {
  test('reports the ending that hold.json has', async () => {
    const g = guest()
    g.stateDir.write(
      'hold.json',
      formatHold({ ...frozenHold(g.processes.start('locktables')), ended: letGo }),
    )
    g.stateDir.write('waitforsnapshot', aHold.asked)
    const thaw = await g.ended(g.thaw())
    assert.deepEqual(thaw.what === 'thawed' && thaw.hold.ended, letGo)
  })
})

/** A guest that is frozen. */
async function frozen(settings: GuestSettings = {}): Promise<Guest> {
  const g = await frozenGuest(settings)
  assert.ok(holdIn(g)?.frozen)
  return g
}
