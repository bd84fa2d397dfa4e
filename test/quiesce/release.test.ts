import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { never } from '../support/fake/database.ts'
import { frozenGuest, holdIn } from '../support/fake/guest.ts'

describe('before the lock goes', () => {
  test('the last questions are asked, side by side, while it is there: only then their answers mean something', async () => {
    const g = await frozenGuest()
    const asked: [string, number, boolean][] = []
    const ask = (what: string) => asked.push([what, g.schedule.now(), g.server.lock.isHeld()])
    g.answers.read = () => (
      ask('read'),
      { connection: 2, uuid: 'a-server', coordinates: g.server.coordinates() }
    )
    g.answers.lockSeen = () => (ask('lock seen'), true)
    g.answers.unlock = () => void ask('unlock')
    g.stateDir.remove('waitforsnapshot')
    await g.schedule.pass(100)
    const [one, other, last] = asked
    assert.deepEqual(new Set([one?.[0], other?.[0]]), new Set(['lock seen', 'read']))
    assert.equal(one?.[1], other?.[1])
    assert.equal(last?.[0], 'unlock')
    assert.ok(asked.every(([, , held]) => held))
  })

  test('they take a second at most, together, and so does the unlock', async () => {
    const g = await frozenGuest()
    const began = g.schedule.now()
    g.answers.read = () => never
    g.answers.lockSeen = () => never
    g.stateDir.remove('waitforsnapshot')
    await g.schedule.pass(5000)
    assert.ok((g.server.lock.grants[0]?.until ?? Infinity) - began < 1100)
  })

  test('what does not answer is in the log, and the verdict is unknown', async () => {
    const g = await frozenGuest()
    g.answers.read = () => never
    g.answers.lockSeen = () => never
    g.stateDir.remove('waitforsnapshot')
    await g.schedule.pass(5000)
    const warnings = g.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)
    assert.deepEqual(warnings, [
      'before unlocking: no answer within 1000 ms',
      'before unlocking: no answer within 1000 ms',
    ])
    assert.equal(holdIn(g)?.ended?.verdict.consistent, 'unknown')
  })
})
