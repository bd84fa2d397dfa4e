import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { never, refuses } from '../support/fake/database.ts'
import { frozenGuest, type Guest, guest, holdIn } from '../support/fake/guest.ts'

describe('under the pressure of connections', () => {
  test('no lock is asked for, and nothing is left', async () => {
    const g = guest()
    g.server.setOthers(143)
    await assert.rejects(g.ended(g.freeze()), {
      code: 'pressure',
      message:
        'the lock was not tried: with its session 145 of 151 connections are in use, and max-connections-used is 95%',
    })
    await g.schedule.pass(2)
    assert.deepEqual([g.server.lock.grants, g.server.sessions.open.size], [[], 0])
  })

  test('nor where the session that holds it would be the one too many: it would be given up at the first look', async () => {
    const g = guest()
    g.server.setOthers(142)
    await assert.rejects(g.ended(g.freeze()), { code: 'pressure' })
    g.server.setOthers(141)
    await g.ended(g.freeze())
    await g.schedule.pass(5000)
    assert.equal(g.server.lock.isHeld(), true)
  })

  test('no second attempt is made', async () => {
    const g = guest({ limits: { lockWait: 1000 } })
    g.server.run('UPDATE orders SET paid = 1')
    g.schedule.after(1000, () => g.server.setOthers(150))
    await assert.rejects(g.ended(g.freeze()), { code: 'pressure' })
    assert.ok(g.schedule.now() < 2000)
  })

  test('the hold is given up within a second or so, and the verdict is no, for that reason', async () => {
    const g = await frozenGuest()
    await g.schedule.pass(5000)
    g.server.setOthers(145)
    await g.schedule.pass(1100)
    assert.equal(g.server.lock.isHeld(), false)
    const { ended } = holdIn(g)!
    assert.equal(ended?.ending, 'pressure')
    const thaw = await g.ended(g.thaw())
    assert.ok(thaw.what === 'thawed')
    const reason = thaw.verdict.checks.find(({ result }) => result === 'no')?.seen
    assert.equal(thaw.verdict.consistent, 'no')
    assert.match(
      reason ?? '',
      /^given up under pressure after \d\.\d s, before the snapshot was over: 147 of 151 /,
    )
  })

  test('what is allowed is a setting', async () => {
    const g = guest({ limits: { maxConnectionsUsed: 100 } })
    g.server.setOthers(148)
    await g.ended(g.freeze())
    await g.schedule.pass(5000)
    assert.equal(g.server.lock.isHeld(), true)
  })

  const silences: readonly (readonly [string, Guest['answers']['pulse']])[] = [
    ['the server does not say', () => never],
    ['the observer is lost', refuses('connection-lost', 'lost')],
  ]
  for (const [what, answer] of silences)
    test(`where ${what}, the hold ends as it would have, and the rest tells the verdict`, async () => {
      const g = await frozenGuest()
      Object.assign(g.answers, { pulse: answer })
      await g.schedule.pass(5000)
      assert.equal(g.server.lock.isHeld(), true)
      g.stateDir.remove('waitforsnapshot')
      await g.schedule.pass(1100)
      const { ended } = holdIn(g)!
      assert.deepEqual(
        [g.server.lock.isHeld(), ended?.ending, ended?.verdict.consistent],
        [false, 'let-go', 'yes'],
      )
      const restarted = ended?.verdict.checks.find(({ name }) => name === 'server not restarted')
      assert.equal(restarted?.seen, 'still a-server; uptime was not looked at')
    })

  test('where the server does not say, hold-at-most ends the hold all the same', async () => {
    const g = await frozenGuest({ limits: { holdAtMost: 3000 } })
    g.answers.pulse = () => never
    await g.schedule.pass(4100)
    assert.deepEqual([g.server.lock.isHeld(), holdIn(g)?.ended?.ending], [false, 'expired'])
  })
})

describe('with a thread pool', () => {
  const threadPool = { mostThreads: 200, groups: 2 }

  test('that waiting writers could fill, no lock is asked for', async () => {
    const g = guest({ findings: { threadPool, maxConnections: 1000 } })
    g.server.setOthers(100)
    await assert.rejects(g.ended(g.freeze()), {
      code: 'thread-pool',
      message: /^the lock was not tried: 102 connections are in use, and the thread pool has 200 threads /,
    })
    await g.schedule.pass(2)
    assert.deepEqual([g.server.lock.grants, g.server.sessions.open.size], [[], 0])
  })

  test('that fills while the lock is held, it is given up', async () => {
    const g = await frozenGuest({ findings: { threadPool, maxConnections: 1000 } })
    g.server.setOthers(193)
    await g.schedule.pass(1100)
    assert.deepEqual([g.server.lock.isHeld(), holdIn(g)?.ended?.ending], [false, 'pressure'])
  })
})
