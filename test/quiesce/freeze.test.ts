import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Failure } from '../../src/core/failure.ts'
import type { Handshake } from '../../src/core/world.ts'
import { thawLine } from '../../src/quiesce/thaw-line.ts'
import { never, refuses } from '../support/fake/database.ts'
import { type Guest, guest, type GuestSettings } from '../support/fake/guest.ts'
import { aHold, frozen, only } from '../support/fake/holds.ts'
import type { FakeProcess } from '../support/fake/process.ts'

describe('a freeze', () => {
  test('ends frozen: the lock is held, and the coordinates are the server’s, and recorded', async () => {
    const g = guest()
    const { connection, coordinates } = only(await g.ended(g.freeze()))
    assert.equal(g.server.lock.isHeldBy(connection), true)
    assert.deepEqual(coordinates, g.server.coordinates())
    assert.deepEqual(g.recordDir.record?.servers[0]?.coordinates, coordinates)
  })

  test('ends with waitforsnapshot alone, which carries its run', async () => {
    const g = guest()
    const freezing = g.freeze()
    await g.ended(freezing)
    assert.deepEqual([...g.stateDir.files.keys()].toSorted(), ['hold.json', 'waitforsnapshot'])
    assert.match(g.stateDir.files.get('waitforsnapshot') ?? '', new RegExp(`"run":"${freezing.run}"`))
  })

  test('hears the answer when it is given, not at its next look', async () => {
    const g = guest({ startsWithin: 0 })
    await g.ended(g.freeze())
    const answered = g.stateDir.removals.find(({ file }) => file === 'waitforlock')?.at ?? Number.NaN
    assert.ok(g.schedule.now() - answered < 1, `${answered}, ${g.schedule.now()}`)
  })

  test('hands over: the lock outlives pre-freeze-script', async () => {
    const g = guest()
    const freezing = g.freeze()
    const { connection } = only(await g.ended(freezing))
    await g.schedule.pass(30_000)
    assert.equal(freezing.process.end, 'ended with exit code 0')
    assert.equal(g.server.lock.isHeldBy(connection), true)
  })

  test('says nothing in the log when it goes well: the locker says it', async () => {
    const g = guest()
    await g.ended(g.freeze())
    assert.deepEqual(
      g.lines.map(({ message }) => message),
      [
        'the lock is ftwrl: lock is set to ftwrl; LOCK INSTANCE FOR BACKUP needs MySQL 8 and the privilege BACKUP_ADMIN',
        'frozen at binlog.000042:2400',
      ],
    )
  })

  for (const [what, act] of [
    ['waitforlock is gone, without a hold', (files) => files.answer()],
    ['hold.json says so, and waitforlock is still there', (files, by) => files.publish(frozen(by))],
    [
      'hold.json says so of another run',
      (files, by) => {
        files.publish({ ...frozen(by), run: 'run-0' })
        files.answer()
      },
    ],
    [
      'hold.json does not say so',
      (files, by) => {
        files.publish({ ...aHold, run: 'run-1', locker: by.identity })
        files.answer()
      },
    ],
    [
      'the locker that says so is dead',
      (files, by) => {
        files.publish({ ...frozen(by), locker: { pid: 1, startTime: 1 } })
        files.answer()
      },
    ],
  ] as readonly (readonly [string, (files: Handshake, by: FakeProcess) => void])[]) {
    test(`is not frozen where ${what}`, async () => {
      const g = guestWith({ freezeWithin: 2000 }, async (here, process) => {
        act(here.stateDir.handshake(process), process)
        await process.clock.sleep(60_000)
      })
      await assert.rejects(g.ended(g.freeze()), { code: 'freeze-timeout' })
    })
  }
})

describe('a freeze that cannot finish says why', () => {
  test('its locker died', async () => {
    const g = guest()
    const freezing = g.freeze()
    g.schedule.after(300, () => g.lockers[0]?.process.kill())
    g.answers.lock = () => never
    await assert.rejects(g.ended(freezing), {
      code: 'locker-died',
      message: 'locktables (pid 1001) died of SIGKILL before the lock was there',
    })
  })

  test('its locker could not lock, in the locker’s own words', async () => {
    const g = guest()
    g.answers.flushLogs = refuses('privilege-missing', 'RELOAD is missing')
    await assert.rejects(g.ended(g.freeze()), { code: 'privilege-missing', message: 'RELOAD is missing' })
  })

  test('its time was over, and what the locker was doing', async () => {
    const g = guest({ limits: { freezeWithin: 4000 } })
    g.answers.flushLogs = () => never
    await assert.rejects(g.ended(g.freeze()), {
      code: 'freeze-timeout',
      message: 'no lock within 4s: connecting',
    })
  })

  test('its time was over before the locker had begun', async () => {
    const g = guest({ startsWithin: 5000, limits: { freezeWithin: 4000 } })
    await assert.rejects(g.ended(g.freeze()), { message: /: locktables has not begun$/ })
  })

  test('its answer came when its time was over: this process had stood still', async () => {
    const g = guest({ limits: { freezeWithin: 4000 } })
    const freezing = g.freeze()
    g.schedule.after(205, () => freezing.process.suspend())
    g.schedule.after(6000, () => freezing.process.resume())
    await assert.rejects(g.ended(freezing), {
      code: 'freeze-timeout',
      message: 'no lock within 4s: it came later',
    })
    assert.equal(g.server.lock.isHeld(), false)
  })

  test('the disk of its record stands still', async () => {
    const g = guest()
    g.recordDir.fails.standing = () => {
      throw new Failure('record-dir-unusable', 'the file system /var stands still')
    }
    await assert.rejects(g.ended(g.freeze()), {
      code: 'record-dir-unusable',
      message: 'the file system /var stands still',
    })
  })

  test('it was stopped', async () => {
    const g = guest()
    const freezing = g.freeze()
    g.schedule.after(100, () => freezing.process.term())
    await assert.rejects(g.ended(freezing), { code: 'stopped', message: 'stopped by SIGTERM' })
  })

  test('it was stopped in the moment of the answer', async () => {
    const g = guest()
    const freezing = g.freeze()
    g.stateDir.beforeOperation(() => {
      if (g.stateDir.files.get('hold.json')?.includes('"frozen": {')) freezing.process.term()
    })
    await assert.rejects(g.ended(freezing), { code: 'stopped' })
    assert.equal(g.server.lock.isHeld(), false)
  })

  for (const [when, after] of [
    ['before the locker had begun', 100],
    ['while the locker waited for the lock', 400],
  ] as const) {
    test(`somebody removed waitforsnapshot ${when}`, async () => {
      const g = guest()
      g.server.run('UPDATE orders SET paid = 1')
      const freezing = g.freeze()
      g.schedule.after(after, () => g.stateDir.remove('waitforsnapshot'))
      await assert.rejects(g.ended(freezing), {
        code: 'cancelled',
        message: 'waitforsnapshot was removed before the lock was there',
      })
      assert.ok(g.schedule.now() - after < 50, `${g.schedule.now()}`)
    })
  }

  test('somebody put another run into waitforsnapshot', async () => {
    const g = guest()
    const freezing = g.freeze()
    g.schedule.after(100, () => g.stateDir.write('waitforsnapshot', ''))
    await assert.rejects(g.ended(freezing), { code: 'cancelled' })
  })

  test('locktables could not be started', async () => {
    const g = guest({ locker: () => Promise.reject(new Error('unused')) })
    const freezing = g.freeze({
      start: () => {
        throw new Error('no more processes')
      },
    })
    await assert.rejects(g.ended(freezing), { message: 'no more processes' })
    assert.deepEqual([...g.stateDir.files], [])
    assert.equal(
      g.lines.at(-1)?.message,
      'run run-1: consistent no: the lock was never there: no more processes',
    )
  })
})

describe('a freeze that cannot finish is undone, before it says why', () => {
  const ways: Record<string, (g: Guest, freezing: FakeProcess) => void> = {
    'the locker dies': (g) => g.lockers[0]?.process.kill(),
    'the lock is refused': (g) => (g.answers.flushLogs = refuses('statement-failed', 'no')),
    'the server hangs': (g) => hangs(g),
    'it is stopped': (_, freezing) => freezing.term(),
    'the locker hangs, and hears no TERM': (g) => g.lockers[0]?.process.suspend(),
    'waitforsnapshot is removed': (g) => g.stateDir.remove('waitforsnapshot'),
    'the server goes away': (g) => g.server.crash(),
  }
  test('also where the state directory refuses everything by then: the locker goes, and the lock with it', async () => {
    const g = guest()
    g.server.run('UPDATE orders SET paid = 1')
    const freezing = g.freeze()
    g.schedule.after(300, () => {
      g.stateDir.beforeOperation(() => {
        throw new Error('read-only')
      })
      freezing.process.term()
    })
    await assert.rejects(g.ended(freezing), { message: 'read-only' })
    assert.deepEqual(g.processes.alive(), [])
    assert.equal(g.server.lock.isHeld(), false)
  })

  for (const [what, act] of Object.entries(ways)) {
    for (const at of [50, 205, 209, 210]) {
      test(`${what}, ${at} ms after it began`, async () => {
        const g = guest({ limits: { freezeWithin: 6000 } })
        const freezing = g.freeze()
        g.schedule.after(at, () => act(g, freezing.process))
        // the lock is there after 210 ms: what is refused by then is asked for again under the lock
        const [outcome] = await Promise.allSettled([g.ended(freezing)])
        assert.equal(outcome.status, 'rejected')
        assert.ok(g.schedule.now() < 6000 + 5000)
        await g.schedule.pass(2)
        assert.equal(g.server.lock.isHeld(), false)
        assert.deepEqual([...g.stateDir.files], [])
        assert.deepEqual(g.processes.alive(), [])
        // before it began, and when it was undone
        assert.equal(g.collected(), 2)
        const verdicts = g.lines.filter(({ facts }) => facts['verdict'] === 'no')
        assert.deepEqual([verdicts.length, verdicts[0]?.facts['run']], [1, 'run-1'])
      })
    }
  }

  test('and the run is in the log, as one that was not consistent', async () => {
    const g = guest()
    const freezing = g.freeze()
    g.schedule.after(206, () => freezing.process.term())
    await assert.rejects(g.ended(freezing))
    const line = g.lines.at(-1)
    assert.equal(line?.level, 'warn')
    assert.match(line?.message ?? '', /^run run-1: consistent no: the lock was never there: /)
  })

  test('with how often the lock was asked for, how long writers were kept waiting, and the steps', async () => {
    const g = guest({ limits: { freezeWithin: 12_000 } })
    g.server.run('UPDATE orders SET paid = 1')
    await assert.rejects(g.ended(g.freeze()), { code: 'no-quiet-moment' })
    const { facts = {} } = g.lines.findLast((line) => line.facts['verdict'] === 'no') ?? {}
    const { attempts, stalledFor, steps } = Object(facts)
    assert.equal(attempts, 1)
    assert.ok(stalledFor >= 3000 && stalledFor < 3100, String(stalledFor))
    assert.ok(steps.some(({ name }: { readonly name: string }) => name === 'lock'))
  })

  test('also where it was refused, for another one', async () => {
    const g = guest()
    await g.ended(g.freeze())
    await assert.rejects(g.ended(g.freeze()), { code: 'busy' })
    const { level, facts, message } = g.lines.at(-1)!
    assert.equal(level, 'warn')
    assert.match(
      message,
      /^run run-2: consistent no: the lock was never there: the tables are frozen already/,
    )
    assert.deepEqual([facts['verdict'], Object(facts['failure']).code], ['no', 'busy'])
  })

  test('or says which session may still have the lock, whatever else the freeze failed of', async () => {
    const g = guest()
    g.answers.lock = () => never
    g.answers.isConnected = () => true
    const freezing = g.freeze()
    g.schedule.after(1000, () => freezing.process.term())
    await assert.rejects(g.ended(freezing), {
      code: 'may-be-locked',
      message: /^stopped by SIGTERM; the database may still be locked by connection 2, which .*: KILL 2$/,
    })
  })

  test('except that a locker which cannot be killed keeps its hold.json, so that the next freeze is refused', async () => {
    const g = guest()
    const freezing = g.freeze()
    g.schedule.after(205, () => g.lockers[0]?.process.hang())
    g.schedule.after(206, () => freezing.process.term())
    await assert.rejects(g.ended(freezing), {
      code: 'may-be-locked',
      message:
        /^stopped by SIGTERM; the database may still be locked: locktables does not end: .*; kill -9 1001$/,
    })
    assert.deepEqual([...g.stateDir.files.keys()], ['hold.json'])
    assert.deepEqual(g.lines.at(-1), {
      level: 'error',
      facts: { run: 'run-1', pid: 1001 },
      message: 'locktables does not end: its connection ends with it, at wait_timeout at the latest',
      at: g.schedule.now(),
    })
    await assert.rejects(g.ended(g.freeze()), { code: 'busy' })
  })
})

describe('a freeze that is undone leaves another one alone', () => {
  test('that began while it stood still', async () => {
    const g = guest()
    g.answers.flushLogs = refuses('statement-failed', 'no')
    const failing = g.freeze()
    g.schedule.after(1, () => failing.process.suspend())
    await g.schedule.pass(5000)
    delete g.answers.flushLogs
    const { connection } = only(await g.ended(g.freeze()))
    failing.process.resume()
    await assert.rejects(g.ended(failing))
    assert.equal(g.server.lock.isHeldBy(connection), true)
    assert.match(thawLine(await g.ended(g.thaw()), 'thaw').line, /the snapshot is consistent$/)
  })

  for (let operations = 0; operations < 8; operations++)
    test(`that cleans up at the same time: one is refused, one is frozen (after ${operations} operations)`, async () => {
      const g = guest({ limits: { holdAtMost: 1000 } })
      await g.ended(g.freeze())
      await g.schedule.pass(2000)
      let left = operations
      let other: ReturnType<Guest['freeze']> | undefined
      g.stateDir.beforeOperation(() => {
        if (left-- === 0) other = g.freeze()
      })
      const one = g.freeze()
      await g.schedule.until(() => other?.process.end !== undefined && one.process.end !== undefined)
      const outcomes = await Promise.allSettled([g.ended(one), g.ended(other!)])
      const codes = outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? 'frozen' : outcome.reason.code,
      )
      assert.deepEqual(new Set(codes), new Set(['busy', 'frozen']))
      assert.match(thawLine(await g.ended(g.thaw()), 'thaw').line, /the snapshot is consistent$/)
    })
})

describe('a freeze whose launcher was killed, which the invoker takes for a success', () => {
  for (const [when, after] of [
    ['before the locker had begun', 100],
    ['while the lock was waited for', 205],
    ['just before the lock was there, when nobody had looked for it yet', 210],
  ] as const) {
    test(`${when}, leaves its traces to the thaw, which then says that the snapshot is not consistent`, async () => {
      const g = guest()
      const freezing = g.freeze()
      g.schedule.after(after, freezing.process.loseLauncher)
      await assert.rejects(g.ended(freezing), { code: 'launcher-died' })
      await g.schedule.pass(2)
      assert.equal(g.server.lock.isHeld(), false)
      assert.deepEqual(g.processes.alive(), [])
      assert.notEqual(g.stateDir.files.size, 0)
      const { exitCode } = thawLine(await g.ended(g.thaw()), 'thaw')
      assert.notEqual(exitCode, 0)
    })
  }
})

/** From now on no question is answered. */
function hangs({ answers }: Guest): void {
  for (const question of ['statements', 'connect', 'lock', 'read', 'flushStatus', 'flushLogs'] as const)
    answers[question] = () => never
}

function guestWith(
  limits: NonNullable<GuestSettings['limits']>,
  locker: (g: Guest, process: FakeProcess) => Promise<void>,
): Guest {
  const g: Guest = guest({
    limits,
    locker: async ({ process }) => {
      await locker(g, process)
      return 'ended with exit code 0'
    },
  })
  return g
}
