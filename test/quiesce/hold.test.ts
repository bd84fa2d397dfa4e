import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Failure } from '../../src/core/failure.ts'
import { formatHold } from '../../src/core/hold.ts'
import { formatTicket } from '../../src/core/ticket.ts'
import { never, refuses } from '../support/fake/database.ts'
import { frozenGuest, type Guest, guest, holdIn } from '../support/fake/guest.ts'
import { frozen as frozenHold } from '../support/fake/holds.ts'

describe('the locker answers', () => {
  test('when the lock is there, the coordinates are read and recorded, and hold.json says so', async () => {
    const g = guest()
    let seen: object | undefined
    g.stateDir.beforeOperation(() => {
      if (holdIn(g)?.frozen && g.stateDir.files.has('waitforlock'))
        seen ??= { locked: g.server.lock.isHeld(), recorded: g.recordDir.record?.servers[0]?.coordinates }
    })
    await g.ended(g.freeze())
    assert.deepEqual(seen, { locked: true, recorded: g.server.coordinates() })
  })

  test('with what the server is, which lock it holds, after how many attempts and steps', async () => {
    const g = await frozenGuest()
    assert.deepEqual(holdIn(g)?.frozen, {
      at: '2026-01-02T03:04:05.219Z',
      attempts: 1,
      servers: [
        {
          where: '/run/a.sock',
          server: g.server.identity,
          lock: 'ftwrl',
          statements: ['FLUSH TABLES WITH READ LOCK'],
          why: 'lock is set to ftwrl; LOCK INSTANCE FOR BACKUP needs MySQL 8 and the privilege BACKUP_ADMIN',
          replica: [],
          stopped: [],
          engines: {
            inUse: [
              { engine: 'InnoDB', is: 'loaded' },
              { engine: 'MyISAM', is: 'loaded' },
            ],
            ownLog: null,
          },
          coordinatesAre: 'stable',
          flushed: holdIn(g)?.frozen?.servers[0]?.flushed,
          disk: { synced: [{ name: '/var/lib/mysql', type: 'ext4', ms: 2 }], before: 2, doubts: [] },
          connection: 2,
          coordinates: g.server.coordinates(),
        },
      ],
      steps: holdIn(g)?.frozen?.steps,
    })
    assert.deepEqual(
      holdIn(g)?.frozen?.steps.map(({ name }) => name),
      [
        'connect',
        'rehearse',
        'open the record',
        'find the disks',
        'quiet moment',
        'sync before the lock',
        'connect the holder',
        'lock',
        'coordinates',
        'flush',
        'record',
        'sync',
      ],
    )
  })

  test('also where the binary log is off', async () => {
    const g = await frozenGuest({ binaryLog: 'off' })
    assert.deepEqual(
      [holdIn(g)?.frozen?.servers[0]?.coordinates, g.recordDir.record?.servers[0]?.coordinates],
      [null, null],
    )
  })

  test('after the statements that need a privilege were tried without the lock', async () => {
    for (const question of ['mayWatchOthers', 'flushLogs', 'flushStatus', 'findings'] as const) {
      const g = guest()
      g.answers[question] = refuses('privilege-missing', 'no')
      await assert.rejects(g.ended(g.freeze()), { code: 'privilege-missing' })
      assert.deepEqual(g.server.lock.grants, [], question)
    }
  })

  test('never where the redo log is off: no server would start on the snapshot', async () => {
    const g = guest()
    g.answers.redoLog = () => 'off'
    await assert.rejects(g.ended(g.freeze()), { code: 'redo-log-off' })
    assert.deepEqual(g.server.lock.grants, [])
  })

  test('and what it does until then is in hold.json', async () => {
    const g = guest()
    const doing = new Set<string | undefined>()
    g.stateDir.beforeOperation(() => doing.add(holdIn(g)?.doing))
    const update = g.server.run('UPDATE orders SET paid = 1')
    g.schedule.after(3300, () => update.end())
    await g.ended(g.freeze())
    assert.deepEqual(
      [...doing],
      [
        undefined,
        'connecting',
        'waiting for the lock, attempt 1',
        'FLUSH TABLES WITH READ LOCK failed: Lock wait timeout exceeded, behind statement 1 of app@localhost, running for 2s: UPDATE orders SET paid = 1',
        'waiting for the lock, attempt 2; the one before: FLUSH TABLES WITH READ LOCK failed: Lock wait timeout exceeded, behind statement 1 of app@localhost, running for 2s: UPDATE orders SET paid = 1',
      ],
    )
  })
})

describe('the locker holds the lock', () => {
  test('and writes nowhere but in the state directory meanwhile', async () => {
    const g = await frozenGuest()
    const frozenAt = g.schedule.now()
    await g.schedule.pass(20_000)
    g.stateDir.remove('waitforsnapshot')
    await g.schedule.pass(100)
    assert.ok(g.recordDir.writtenAt <= frozenAt)
    assert.equal(g.recordDir.drafts, 0)
  })

  test('until waitforsnapshot is gone: then writers go on within a few milliseconds', async () => {
    const g = await frozenGuest()
    await g.schedule.pass(5000)
    const letGo = g.schedule.now()
    g.stateDir.remove('waitforsnapshot')
    await g.schedule.pass(100)
    const [grant] = g.server.lock.grants
    assert.ok((grant?.until ?? Infinity) - letGo < 5)
    assert.deepEqual(holdIn(g)?.ended, {
      at: '2026-01-02T03:04:10.221Z',
      lockedUntil: '2026-01-02T03:04:10.219Z',
      ending: 'let-go',
      heldFor: 5008,
      verdict: holdIn(g)?.ended?.verdict,
      failure: null,
      stall: { attempts: 1, ms: 5008 },
      steps: [
        { name: 'checks', ms: 1 },
        { name: 'unlock', ms: 1 },
      ],
    })
    assert.equal(holdIn(g)?.ended?.verdict.consistent, 'yes')
    assert.ok(
      g.lines.some(({ level, message }) => level === 'info' && message === 'the hold has ended: let-go'),
    )
  })

  test('until waitforsnapshot is of another run', async () => {
    const g = await frozenGuest()
    g.stateDir.write('waitforsnapshot', formatTicket({ run: 'run-9', asker: { pid: 1, startTime: 1 } }))
    await g.schedule.pass(10)
    assert.deepEqual([g.server.lock.isHeld(), holdIn(g)?.ended?.ending], [false, 'let-go'])
  })

  test('for hold-at-most, from when it was asked for; what is left for the thaw is the other lock file', async () => {
    const g = await frozenGuest({ limits: { holdAtMost: 10_000 } })
    await g.schedule.pass(20_000)
    const [grant] = g.server.lock.grants
    const asked = 210
    assert.ok((grant?.until ?? Infinity) - asked <= 10_000 + 10)
    assert.deepEqual([...g.stateDir.files.keys()].toSorted(), ['hold.json', 'waitforsnapshot'])
    assert.deepEqual([holdIn(g)?.ended?.ending, holdIn(g)?.ended?.verdict.consistent], ['expired', 'no'])
  })

  test('no longer, however long flushing may take', async () => {
    const g = guest({ limits: { holdAtMost: 2000, flushWithin: 15_000 } })
    g.answers.flushStatus = () => ({ dirtyBlocks: g.server.lock.isHeld() ? 1 : 0, lsn: 1, flushedLsn: 1 })
    await assert.rejects(g.ended(g.freeze()), { code: 'flush-timeout' })
    await g.schedule.pass(2)
    const [grant] = g.server.lock.grants
    assert.ok((grant?.until ?? Infinity) - (grant?.at ?? 0) <= 2100)
  })

  test('until it is told to stop', async () => {
    const g = await frozenGuest()
    g.lockers[0]?.process.term()
    await g.schedule.pass(10)
    assert.equal(g.server.lock.isHeld(), false)
    assert.deepEqual([holdIn(g)?.ended?.ending, holdIn(g)?.ended?.verdict.consistent], ['stopped', 'no'])
  })

  test('until the connection is lost, and says so', async () => {
    const g = await frozenGuest()
    g.server.sessions.end(holdIn(g)?.frozen?.servers[0]?.connection ?? 0)
    await g.schedule.pass(10)
    assert.deepEqual(
      [holdIn(g)?.ended?.ending, holdIn(g)?.ended?.verdict.consistent],
      ['connection-lost', 'no'],
    )
  })

  test('and when it hangs, the server ends its session one second after hold-at-most', async () => {
    const g = await frozenGuest({ limits: { holdAtMost: 10_000 } })
    g.lockers[0]?.process.suspend()
    await g.schedule.pass(10_900)
    assert.equal(g.server.lock.isHeld(), true)
    await g.schedule.pass(200)
    assert.equal(g.server.lock.isHeld(), false)
    g.lockers[0]?.process.resume()
    await g.schedule.pass(10)
    assert.notEqual(holdIn(g)?.ended?.verdict.consistent, 'yes')
  })

  for (const [question, verdict, reason] of [
    ['read', 'unknown', 'connection 2 did not answer at the thaw'],
    ['lockSeen', 'unknown', 'metadata_locks could not be asked whether the lock is still there'],
  ] as const) {
    test(`and lets it go with the connection where the server does not answer (${question})`, async () => {
      const g = await frozenGuest()
      g.answers[question] = () => never
      const before = g.schedule.now()
      g.stateDir.remove('waitforsnapshot')
      await g.schedule.pass(3000)
      assert.ok((g.server.lock.grants[0]?.until ?? Infinity) - before < 1100)
      const against = holdIn(g)?.ended?.verdict.checks.find(({ result }) => result === 'unknown')
      assert.deepEqual([holdIn(g)?.ended?.verdict.consistent, against?.seen], [verdict, reason])
      assert.ok(g.lines.some(({ message }) => message === 'before unlocking: no answer within 1000 ms'))
    })
  }

  test('and lets it go with the connection where the server refuses to unlock', async () => {
    const g = await frozenGuest()
    g.answers.unlock = refuses('statement-failed', 'UNLOCK TABLES failed')
    g.stateDir.remove('waitforsnapshot')
    await g.schedule.pass(10)
    assert.deepEqual([g.server.lock.isHeld(), holdIn(g)?.ended?.verdict.consistent], [false, 'yes'])
    assert.ok(g.lines.some(({ message }) => message === 'before unlocking: UNLOCK TABLES failed'))
  })

  test('and says in the log that the tables may still be locked where that does not end either', async () => {
    const g = await frozenGuest()
    g.answers.unlock = () => never
    g.answers.isConnected = () => true
    g.stateDir.remove('waitforsnapshot')
    await g.schedule.pass(5000)
    const said = g.lines.filter(({ level }) => level === 'error').map(({ message }) => message)
    assert.equal(said.length, 1)
    assert.match(
      said[0] ?? '',
      /^the database may still be locked by connection 2, which is still there 2000 ms after it was told to go: KILL 2$/,
    )
    assert.equal(holdIn(g)?.ended?.mayBeLocked, said[0])
    assert.equal(holdIn(g)?.ended?.verdict.consistent, 'unknown')
  })

  test('and fails for that where the lock cannot be proved, and its session does not end', async () => {
    const g = guest()
    g.answers.flushStatus = () => {
      if (g.server.lock.isHeld()) throw new Failure('statement-failed', 'no log sequence number')
      return g.server.flushStatus()
    }
    g.answers.isConnected = () => true
    await assert.rejects(g.ended(g.freeze()), {
      code: 'may-be-locked',
      message:
        /^no log sequence number; the database may still be locked by connection 2, which is still there .*: KILL 2$/,
    })
  })

  test('and is not frozen where the connection is lost before all is proved', async () => {
    const g = guest()
    g.answers.flushLogs = () => {
      for (const { session, until } of g.server.lock.grants) if (!until) g.server.sessions.end(session)
      return 'syncs'
    }
    await assert.rejects(g.ended(g.freeze()), {
      code: 'connection-lost',
      message: 'connection 2 was lost, and the lock with it',
    })
  })
})

describe('the leash: a locker whose pre-freeze-script dies', () => {
  test('before the lock was there never locks', async () => {
    const g = guest()
    const freezing = g.freeze()
    g.schedule.after(205, () => freezing.process.kill())
    await g.schedule.pass(1000)
    assert.deepEqual(
      [g.server.lock.grants, g.processes.alive(), [...g.stateDir.files.keys()]],
      [[], [], ['hold.json']],
    )
    assert.deepEqual(holdIn(g)?.ended?.failure, {
      code: 'stopped',
      message: 'pre-freeze-script died before it handed over',
    })
  })

  test('after the lock was there, but before it was handed over, lets it go, and nobody is frozen', async () => {
    const g = guest()
    const freezing = g.freeze()
    g.stateDir.beforeOperation(() => {
      if (holdIn(g)?.frozen) freezing.process.kill()
    })
    await g.schedule.pass(1000)
    assert.deepEqual([g.server.lock.isHeld(), holdIn(g)?.ended?.ending], [false, 'leash-broken'])
    assert.deepEqual([...g.stateDir.files.keys()], ['hold.json'])
  })

  test('before the locker had begun', async () => {
    const g = guest()
    const freezing = g.freeze()
    g.schedule.after(100, () => freezing.process.kill())
    await g.schedule.pass(1000)
    assert.deepEqual([g.server.lock.grants, g.processes.alive()], [[], []])
  })
})

describe('a locker that cannot lock', () => {
  test('says why, gives the lock files back and ends', async () => {
    const g = byHand()
    g.answers.observe = refuses('access-denied', 'the server refuses')
    const ended = await g.ended(g.hold())
    assert.deepEqual(
      [ended.ending, ended.heldFor, ended.failure, ended.verdict.consistent],
      ['failed', 0, { code: 'access-denied', message: 'the server refuses' }, 'no'],
    )
    assert.deepEqual([...g.stateDir.files.keys()], ['hold.json'])
    assert.equal(g.lines[0]?.message, 'no lock: the server refuses')
  })

  for (const [what, prepare, code] of [
    ['the record cannot be opened', (g) => (g.recordDir.fails.opening = full), 'record-dir-unusable'],
    ['the record cannot be written', (g) => (g.recordDir.fails.writing = full), 'record-dir-unusable'],
    [
      'the server refuses the holder',
      (g) => (g.answers.connect = refuses('too-many-connections', 'no')),
      'too-many-connections',
    ],
    [
      'the coordinates cannot be read',
      (g) => (g.answers.read = refuses('privilege-missing', 'no')),
      'privilege-missing',
    ],
    ['something is wrong that nobody foresaw', (g) => (g.answers.statements = unforeseen), 'internal'],
  ] as readonly (readonly [string, (g: Guest) => void, string])[]) {
    test(`because ${what}: nothing is locked, nothing is left`, async () => {
      const g = byHand()
      prepare(g)
      const ended = await g.ended(g.hold())
      await g.schedule.pass(2)
      assert.equal(ended.failure?.code, code)
      assert.deepEqual(
        [g.server.lock.isHeld(), g.server.sessions.open.size, g.recordDir.drafts],
        [false, 0, 0],
      )
    })
  }

  test('because hold.json cannot be written, ends without the lock', async () => {
    const g = byHand()
    const process = g.hold()
    g.stateDir.breakOn('hold.json')
    await assert.rejects(g.ended(process), { message: /hold.json/ })
    await g.schedule.pass(2)
    assert.equal(g.server.lock.isHeld(), false)
  })
})

describe('locktables locks for nobody', () => {
  for (const [what, files] of [
    ['no lock file', []],
    ['waitforlock alone', ['waitforlock']],
    ['waitforsnapshot alone', ['waitforsnapshot']],
  ] as const) {
    test(`where there is ${what}`, async () => {
      const g = guest()
      for (const file of files) g.stateDir.write(file, '')
      await assert.rejects(g.ended(g.hold()), { code: 'cancelled', message: /^nobody asks for a lock: / })
      assert.deepEqual(g.server.lock.grants, [])
    })
  }

  test('where the lock files are not of the run it was started for', async () => {
    const g = guest()
    g.freeze()
    await g.schedule.pass(100)
    for (const file of ['waitforlock', 'waitforsnapshot'] as const) g.stateDir.write(file, '')
    await g.schedule.pass(1000)
    assert.deepEqual(g.server.lock.grants, [])
  })

  test('where another locker is alive', async () => {
    const g = await frozenGuest()
    g.stateDir.write('waitforlock', '')
    await assert.rejects(g.ended(g.hold()), {
      code: 'busy',
      message: 'the tables are freezing already: locktables pid 1001 of run run-1',
    })
  })

  test('but it goes on where the hold of another is over, or unreadable', async () => {
    for (const text of [
      formatHold({ ...frozenHold(guest().processes.start('locktables')), locker: { pid: 1, startTime: 1 } }),
      '{',
    ]) {
      const g = byHand()
      g.stateDir.write('hold.json', text)
      g.hold()
      await g.schedule.pass(100)
      assert.equal(g.server.lock.isHeld(), true)
    }
  })
})

describe('started by hand, on lock files that somebody has touched', () => {
  test('it locks, with a run id of its own, and follows the lock files alone', async () => {
    const g = byHand()
    const holding = g.hold()
    await g.schedule.pass(5000)
    assert.deepEqual([holdIn(g)?.run, holdIn(g)?.asked, g.server.lock.isHeld()], ['run-by-hand', '', true])
    assert.deepEqual(g.stateDir.files.has('waitforlock'), false)
    const thaw = await g.ended(g.thaw())
    assert.equal(thaw.what === 'thawed' && thaw.verdict.consistent, 'yes')
    assert.equal((await g.ended(holding)).ending, 'let-go')
  })

  test('it takes the run of the lock files, where they have one', async () => {
    const g = guest()
    for (const file of ['waitforlock', 'waitforsnapshot'] as const)
      g.stateDir.write(file, formatTicket({ run: 'run-7', asker: { pid: 1, startTime: 1 } }))
    g.hold()
    await g.schedule.pass(100)
    assert.equal(holdIn(g)?.run, 'run-7')
  })
})

/** A guest in which somebody has asked by hand. */
function byHand(): Guest {
  const g = guest()
  g.stateDir.write('waitforlock', '')
  g.stateDir.write('waitforsnapshot', '')
  return g
}

/** A guest that is frozen. */
const full = refuses('record-dir-unusable', 'no space left on device')

function unforeseen(): never {
  throw new Error('cannot read properties of undefined')
}
