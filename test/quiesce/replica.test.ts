import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ReplicaChannel } from '../../src/core/replica.ts'
import { restartReplica } from '../../src/quiesce/restart-replica.ts'
import { never, refuses } from '../support/fake/database.ts'
import { type Guest, guest, type GuestSettings } from '../support/fake/guest.ts'
import { only } from '../support/fake/holds.ts'

const channels = { '': 'running', eu: 'stopped' } as const
const stopping: GuestSettings = { channels, limits: { replica: 'stop-sql' } }

const inexact: ReplicaChannel = {
  name: '',
  source: '10.0.0.5:3306',
  file: 'binlog.000007',
  position: 1187,
  positionIs: 'not exact',
  gtid: '',
  follows: 'position',
  sqlThread: 'running',
}

describe('a replica that is locked as it runs', () => {
  test('has every channel recorded, and in its hold', async () => {
    const g = guest({ channels })
    const frozen = only(await g.ended(g.freeze()))
    assert.deepEqual(frozen.replica, g.server.replica.channels())
    assert.deepEqual(g.recordDir.record?.servers[0]?.replica, frozen.replica)
    assert.deepEqual(g.server.replica.threads().now, channels)
    assert.equal((await replicaCheck(g))?.result, 'yes')
  })

  test('is not consistent where it has moved', async () => {
    const g = guest({ channels })
    await g.ended(g.freeze())
    g.server.replica.apply()
    const check = await replicaCheck(g)
    assert.equal(check?.result, 'no')
    assert.match(
      check?.seen ?? '',
      /^replication moved from binlog.000007:\d+ of .* to binlog.000007:\d+ of /,
    )
  })

  test('that does not say under the lock how far it is is frozen all the same, and nobody waits for it again', async () => {
    const g = guest({ channels })
    let times = 0
    // The first time is before the lock.
    g.answers.channels = () => (times++ === 0 ? [] : never)
    const frozen = only(await g.ended(g.freeze()))
    assert.equal(frozen.replica, 'unknown')
    assert.equal((await replicaCheck(g))?.result, 'unknown')
    assert.equal(times, 2)
    assert.ok(
      g.lines.some(
        ({ level, message }) =>
          level === 'warn' && /could not be asked: no answer within 1000 ms/.test(message),
      ),
    )
  })

  test('that does not say at the thaw how far it is leaves the verdict unknown', async () => {
    const g = guest({ channels })
    await g.ended(g.freeze())
    g.answers.channels = () => never
    assert.equal((await replicaCheck(g))?.result, 'unknown')
  })

  test('that may not be asked is frozen, with a warning and an unknown verdict', async () => {
    const g = guest({ channels, findings: { isReplica: 'may be' } })
    g.answers.channels = refuses('privilege-missing', 'GRANT REPLICA MONITOR')
    assert.equal(only(await g.ended(g.freeze())).replica, 'unknown')
    assert.ok(g.lines.some(({ level, message }) => level === 'warn' && message === 'GRANT REPLICA MONITOR'))
    assert.equal((await replicaCheck(g))?.result, 'unknown')
  })

  test('is warned of where its position is none to start a replica from', async () => {
    const g = guest({ channels })
    g.answers.channels = () => [inexact]
    await g.ended(g.freeze())
    const warning =
      'the position of replication will not be exact: binlog.000007:1187 or later of 10.0.0.5:3306'
    assert.ok(g.lines.some(({ level, message }) => level === 'warn' && message === warning))
    assert.equal((await replicaCheck(g))?.result, 'not-applicable')
  })

  test('whose session cannot be had is not frozen', async () => {
    const g = guest({ channels })
    g.answers.replica = refuses('too-many-connections', 'full')
    await assert.rejects(g.ended(g.freeze()), { code: 'too-many-connections' })
  })

  test('is left alone where it fails for another reason than a privilege', async () => {
    const g = guest({ channels })
    g.answers.channels = refuses('statement-failed', 'no')
    await assert.rejects(g.ended(g.freeze()), { code: 'statement-failed' })
    await g.schedule.pass(10)
    assert.equal(g.server.sessions.open.size, 0)
  })
})

describe('replica = stop-sql', () => {
  test('stops what runs before the lock, writes it down, and starts it after the unlock', async () => {
    const g = guest(stopping)
    const frozen = only(await g.ended(g.freeze()))
    assert.deepEqual(frozen.stopped, [''])
    assert.deepEqual(frozen.replica, g.server.replica.channels())
    assert.deepEqual(g.server.replica.threads().now, { '': 'stopped', eu: 'stopped' })
    assert.match(g.stateDir.files.get('replica.json') ?? '', /"channels": \[\s+""\s+\]/)
    await g.ended(g.thaw())
    assert.deepEqual(g.server.replica.threads().now, channels)
    assert.deepEqual([...g.stateDir.files.keys()], [])
  })

  test('does nothing on a server that is no replica', async () => {
    const g = guest({ limits: { replica: 'stop-sql' } })
    assert.deepEqual(only(await g.ended(g.freeze())).stopped, [])
  })

  test('waits until no temporary table is open, and says so', async () => {
    const g = guest(stopping)
    g.server.replica.setTemporaryTables(1)
    const freezing = g.freeze()
    await g.schedule.pass(1000)
    assert.match(
      g.stateDir.files.get('hold.json') ?? '',
      /waiting for 1 temporary table of the SQL threads to go/,
    )
    assert.deepEqual(g.server.replica.threads().now, channels)
    g.server.replica.setTemporaryTables(0)
    await g.ended(freezing)
    assert.deepEqual(g.server.replica.threads().now, { '': 'stopped', eu: 'stopped' })
  })

  test('starts again, and waits, where one was made between the look and the stop', async () => {
    const g = guest(stopping)
    const open = [0, 2, 2, 0, 0]
    g.answers.openTemporaryTables = () => open.shift()!
    await g.ended(g.freeze())
    const said = g.lines.map(({ message }) => message).filter((message) => /SQL thread/.test(message))
    assert.deepEqual(said, [
      'stopped the SQL thread of the default channel',
      'started the SQL thread of the default channel again',
      'stopped the SQL thread of the default channel',
    ])
  })

  test('fails where they stay open, and stops nothing', async () => {
    const g = guest({ ...stopping, limits: { replica: 'stop-sql', freezeWithin: 5000 } })
    g.server.replica.setTemporaryTables(3)
    await assert.rejects(g.ended(g.freeze()), {
      code: 'no-quiet-moment',
      message: 'the SQL threads were not stopped: they have 3 temporary tables open',
    })
    assert.deepEqual(g.server.replica.threads().now, channels)
  })

  test('gives up waiting for them when it is let go', async () => {
    const g = guest(stopping)
    g.server.replica.setTemporaryTables(1)
    const freezing = g.freeze()
    await g.schedule.pass(1000)
    g.stateDir.letGo()
    await assert.rejects(g.ended(freezing), { code: 'cancelled' })
  })

  test('leaves nothing to be started where it may not stop', async () => {
    const g = guest(stopping)
    g.answers.stopSqlThread = refuses('privilege-missing', 'GRANT SUPER')
    await assert.rejects(g.ended(g.freeze()), { code: 'privilege-missing', message: 'GRANT SUPER' })
    assert.deepEqual([...g.stateDir.files.keys()], [])
  })

  test('nor where it may neither stop nor start, whatever it had meant to stop after that', async () => {
    const g = guest({ ...stopping, channels: { '': 'running', eu: 'running', us: 'running' } })
    g.answers.stopSqlThread = refuses('privilege-missing', 'GRANT SUPER')
    g.answers.startSqlThread = refuses('privilege-missing', 'GRANT SUPER')
    await assert.rejects(g.ended(g.freeze()), { code: 'privilege-missing', message: 'GRANT SUPER' })
    assert.deepEqual([...g.stateDir.files.keys()], [])
  })

  test('starts what it could not see stopped', async () => {
    const g = guest(stopping)
    g.answers.stopSqlThread = refuses('statement-failed', 'it hangs')
    await assert.rejects(g.ended(g.freeze()), { code: 'statement-failed' })
    assert.deepEqual(g.server.replica.threads().now, channels)
    assert.deepEqual([...g.stateDir.files.keys()], [])
  })

  test('starts them where the freeze fails', async () => {
    const g = guest({ ...stopping, limits: { replica: 'stop-sql', freezeWithin: 5000 } })
    g.server.run('UPDATE orders SET paid = 1')
    await assert.rejects(g.ended(g.freeze()), { code: 'lock-not-granted' })
    assert.deepEqual(g.server.replica.threads().now, channels)
  })

  test('starts them on another connection where the one that stopped them is gone', async () => {
    const g = guest(stopping)
    await g.ended(g.freeze())
    let times = 0
    g.answers.startSqlThread = () => (times++ === 0 ? never : undefined)
    await g.ended(g.thaw())
    assert.equal(times, 2)
    assert.deepEqual([...g.stateDir.files.keys()], [])
  })
})

describe('SQL threads that a locker has left stopped', () => {
  test('are started at the thaw where it was killed', async () => {
    const g = await killed()
    await g.ended(g.thaw())
    isStarted(g)
    assert.ok(
      g.lines.some(({ message }) => message === 'started the SQL threads that locktables had left stopped'),
    )
  })

  test('are started where pre-freeze-script is the one who sees it die', async () => {
    const g = guest(stopping)
    g.server.run('UPDATE orders SET paid = 1')
    const freezing = g.freeze()
    await g.schedule.until(() => g.server.replica.threads().now[''] === 'stopped')
    g.lockers[0]?.process.kill()
    await assert.rejects(g.ended(freezing), { code: 'locker-died' })
    isStarted(g)
  })

  test('are said in the one line of a freeze that could not start them', async () => {
    const g = guest(stopping)
    g.server.run('UPDATE orders SET paid = 1')
    const freezing = g.freeze()
    await g.schedule.until(() => g.server.replica.threads().now[''] === 'stopped')
    g.lockers[0]?.process.kill()
    g.answers.startSqlThread = refuses('statement-failed', 'no')
    await assert.rejects(g.ended(freezing), {
      code: 'locker-died',
      message: /; still stopped: \/run\/a.sock: the SQL thread of the default channel$/,
    })
  })

  test('are those that the next snapshot starts', async () => {
    const g = await killed()
    const { stopped } = only(await g.ended(g.freeze()))
    assert.deepEqual(stopped, [''])
    await g.ended(g.thaw())
    isStarted(g)
  })

  test('are told by the thaw while their server does not answer, and are started by the next one', async () => {
    const g = await killed()
    g.answers.replica = refuses('server-unreachable', 'no server answers')
    assert.equal(
      (await g.ended(g.thaw())).replica,
      'still stopped: /run/a.sock: the SQL thread of the default channel; no server answers',
    )
    delete g.answers.replica
    assert.deepEqual(await g.ended(g.thaw()), { what: 'nothing to thaw' })
    isStarted(g)
  })

  test('are told with their servers where those are several', async () => {
    const g = await killed({ ...stopping, servers: 2 })
    await g.ended(g.thaw())
    assert.ok(g.servers.every(({ replica }) => replica.threads().now[''] === 'running'))
    assert.ok(
      g.lines.some(
        ({ message }) => message === '/run/b.sock: started the SQL thread of the default channel again',
      ),
    )
  })

  test('are left to a locker that lives', async () => {
    const g = guest(stopping)
    await g.ended(g.freeze())
    const process = g.processes.start('locktables')
    const silent = { info() {}, warn() {}, error() {} }
    const restarting = restartReplica({
      databases: [],
      journal: g.stateDir.journal(process),
      clock: process.clock,
      log: silent,
      self: process.identity,
      run: 'run-1',
      isAlive: g.processes.isAlive,
    })
    const refused = assert.rejects(restarting, {
      code: 'busy',
      message: /^locktables pid \d+ of run run-1 lives, and starts them itself$/,
    })
    await g.schedule.pass(2000)
    await refused
    await g.ended(g.thaw())
    isStarted(g)
  })

  test('are started for a locker that stands still, and that the thaw has to end, whatever became of hold.json', async () => {
    const g = guest(stopping)
    await g.ended(g.freeze())
    g.lockers[0]?.process.suspend()
    g.stateDir.remove('hold.json')
    assert.deepEqual(await g.ended(g.thaw()), { what: 'unreadable' })
    assert.deepEqual([g.server.lock.isHeld(), [...g.stateDir.files]], [false, []])
    isStarted(g)
  })

  test('are nobody’s business once another run has taken them over', async () => {
    const g = await killed()
    const journal = g.stateDir.files.get('replica.json')!
    const thawing = g.thaw()
    await g.schedule.until(() => g.processes.alive().some(({ name }) => name === 'locktables'))
    g.stateDir.write('replica.json', journal.replace('"run-1"', '"run-2"'))
    assert.equal((await g.ended(thawing)).replica, undefined)
    assert.ok(g.stateDir.files.has('replica.json'))
  })

  for (const who of ['thaw', 'freeze'] as const)
    test(`are not known from a journal that is none, which the ${who} says and removes`, async () => {
      const g = guest({ channels })
      g.stateDir.write('replica.json', '{')
      if (who === 'thaw') await g.ended(g.thaw())
      else await g.ended(g.freeze())
      const what = 'replica.json held no journal: which SQL threads are stopped is not known'
      assert.ok(g.lines.some(({ level, message }) => level === 'error' && message === what))
      assert.ok(!g.stateDir.files.has('replica.json'))
    })
})

/** Frozen with stopped SQL threads, and nobody left to start them. */
async function killed(settings = stopping): Promise<Guest> {
  const g = guest(settings)
  await g.ended(g.freeze())
  g.lockers[0]?.process.kill()
  await g.schedule.pass(10)
  return g
}

function isStarted(g: Guest): void {
  assert.deepEqual(g.server.replica.threads().now, channels)
  assert.ok(!g.stateDir.files.has('replica.json'))
}

async function replicaCheck(g: Guest) {
  const thawed = await g.ended(g.thaw())
  assert.ok(thawed.what === 'thawed')
  return thawed.verdict.checks.find(({ name }) => name === 'replica position equal')
}
