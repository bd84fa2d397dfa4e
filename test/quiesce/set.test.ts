import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { never, refuses } from '../support/fake/database.ts'
import { frozenGuest, type Guest, guest, type GuestSettings, holdIn } from '../support/fake/guest.ts'

describe('several servers are one set:', () => {
  test('all are locked when it is frozen, each recorded with its place', async () => {
    const g = guest({ servers: 3 })
    const { servers } = await g.ended(g.freeze())
    assert.deepEqual(
      servers.map(({ where, coordinates }) => ({ where, coordinates })),
      g.servers.map((server) => ({ where: server.where, coordinates: server.coordinates() })),
    )
    assert.ok(g.servers.every(({ lock }, index) => lock.isHeldBy(servers[index]!.connection)))
    assert.deepEqual(
      g.recordDir.record?.servers.map(({ where }) => where),
      ['/run/a.sock', '/run/b.sock', '/run/c.sock'],
    )
  })

  test('they are asked side by side: the lock takes no longer for three than for one', async () => {
    const one = await stepsOf({ servers: 1 })
    assert.deepEqual(await stepsOf({ servers: 3 }), one)
  })

  test('no lock is asked for anywhere while one of them has no quiet moment, which is named', async () => {
    const g = guest({ servers: 2, limits: { freezeWithin: 10_000 } })
    g.servers[1]!.run('SELECT * FROM orders')
    await g.schedule.pass(3000)
    await assert.rejects(g.ended(g.freeze()), {
      code: 'no-quiet-moment',
      message: /it would wait for \/run\/b.sock: statement 1 of app@localhost/,
    })
    assert.deepEqual(
      g.servers.flatMap(({ lock }) => lock.grants),
      [],
    )
  })

  test('where one refuses, the lock that another granted goes with the attempt, and all are asked again', async () => {
    const g = guest({ servers: 2, limits: { lockWait: 1000 } })
    const update = g.servers[1]!.run('UPDATE orders SET paid = 1')
    g.schedule.after(1800, () => update.end())
    const { attempts } = await g.ended(g.freeze())
    const [first, second] = g.servers[0].lock.grants
    assert.equal(attempts, 2)
    assert.ok(
      first!.until! - first!.at < 1100,
      'the writers of the first wait for one attempt, not for the other server',
    )
    assert.equal(second?.until, undefined)
    const warning = g.lines.find(({ level }) => level === 'warn')?.message
    assert.match(warning ?? '', /^\/run\/b.sock: FLUSH TABLES WITH READ LOCK failed: .*, behind statement/)
  })

  test('where one never grants it, none is left locked, and the failure says which', async () => {
    const g = guest({ servers: 2, limits: { freezeWithin: 5000, lockWait: 1000, quietQuery: 60_000 } })
    g.servers[1]!.run('UPDATE orders SET paid = 1')
    await assert.rejects(g.ended(g.freeze()), { code: 'lock-not-granted', message: /^\/run\/b.sock: / })
    await g.schedule.pass(10)
    nothingIsLeft(g)
  })

  for (const [what, code, prepare] of [
    [
      'cannot be reached',
      'server-unreachable',
      (g) => (g.answers.observe = refuses('server-unreachable', 'no')),
    ],
    [
      'lacks a privilege',
      'privilege-missing',
      (g) => (g.answers.flushLogs = refuses('privilege-missing', 'no')),
    ],
    [
      'lets nobody in any more',
      'too-many-connections',
      (g) => (g.answers.connect = refuses('too-many-connections', 'no')),
    ],
    [
      'cannot say its coordinates',
      'privilege-missing',
      (g) => (g.answers.read = refuses('privilege-missing', 'no')),
    ],
    ['cannot flush', 'statement-failed', (g) => (g.answers.flushStatus = cannotFlush(g))],
  ] as readonly (readonly [string, string, (g: Guest) => void])[])
    test(`where one ${what}, none is locked`, async () => {
      const g = guest({ servers: 2, limits: { flushWithin: 1000 } })
      prepare(g)
      await assert.rejects(g.ended(g.freeze()), { code })
      await g.schedule.pass(10)
      nothingIsLeft(g)
    })

  test('the same server twice is refused: another one was meant', async () => {
    const g = guest({ servers: 2 })
    g.servers[1]!.setHome(g.server.home())
    await assert.rejects(g.ended(g.freeze()), {
      code: 'bad-setting',
      message:
        'two defaults-files lead to one server: /run/a.sock and /run/b.sock have the folder of /run/a.sock',
    })
    await g.schedule.pass(10)
    nothingIsLeft(g)
  })

  test('where one loses its connection, all are let go, and the verdict is no for that reason', async () => {
    const g = await frozenGuest({ servers: 2 })
    g.servers[1]!.sessions.end(holdIn(g)!.frozen!.servers[1]!.connection)
    await g.schedule.pass(10)
    assert.deepEqual(
      g.servers.map(({ lock }) => lock.isHeld()),
      [false, false],
    )
    assert.equal(holdIn(g)?.ended?.ending, 'connection-lost')
    assert.match(reason(g) ?? '', /^\/run\/b.sock: the connection that held the lock was lost/)
  })

  test('where one is under pressure, all are let go, and it is named', async () => {
    const g = await frozenGuest({ servers: 2 })
    g.servers[1]!.setOthers(145)
    await g.schedule.pass(1100)
    assert.ok(g.servers.every(({ lock }) => !lock.isHeld()))
    assert.match(reason(g) ?? '', /before the snapshot was over: \/run\/b.sock: 147 of 151 connections/)
  })

  test('the writers of one do not wait for the last answer of another', async () => {
    const g = await frozenGuest({ servers: 2 })
    g.answers.read = () => never
    const before = g.schedule.now()
    g.stateDir.remove('waitforsnapshot')
    await g.schedule.pass(3000)
    const [slow, quick] = g.servers.map(({ lock }) => (lock.grants[0]?.until ?? Infinity) - before)
    assert.ok(quick! < 10 && slow! < 1100)
    assert.equal(reason(g), '/run/a.sock: connection 2 did not answer at the thaw')
  })

  test('each has its own checks, and the snapshot is consistent where all say so', async () => {
    const g = await frozenGuest({ servers: 2 })
    const thaw = await g.ended(g.thaw())
    assert.ok(thaw.what === 'thawed')
    assert.equal(thaw.verdict.consistent, 'yes')
    const places = thaw.verdict.checks
      .filter(({ name }) => name === 'coordinates equal')
      .map(({ server }) => server)
    assert.deepEqual(places, ['/run/a.sock', '/run/b.sock'])
  })
})

function cannotFlush(g: Guest) {
  const refuse = refuses('statement-failed', 'no')
  return () => (g.server.lock.isHeld() ? refuse() : { dirtyBlocks: 0, lsn: 1, flushedLsn: 1 })
}

async function stepsOf(settings: GuestSettings): Promise<readonly unknown[]> {
  const g = guest(settings)
  const { steps } = await g.ended(g.freeze())
  return steps.filter(({ name }) => ['lock', 'coordinates', 'flush', 'record'].includes(name))
}

function reason(g: Guest): string | undefined {
  const check = holdIn(g)?.ended?.verdict.checks.find(({ result }) => result === 'no' || result === 'unknown')
  return check && (check.server === undefined ? check.seen : `${check.server}: ${check.seen}`)
}

function nothingIsLeft(g: Guest): void {
  for (const { lock, sessions } of g.servers)
    assert.deepEqual([lock.isHeld(), sessions.open.size], [false, 0])
  assert.deepEqual([...g.stateDir.files.keys()], [])
}
