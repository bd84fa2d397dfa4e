import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Failure } from '../../src/core/failure.ts'
import { never, refuses } from '../support/fake/database.ts'
import { frozenGuest, type Guest, holdIn } from '../support/fake/guest.ts'

describe('a session that did not unlock, and whose observer is lost,', () => {
  test('has no lock any more where nobody listens at the server: it is down', async () => {
    const g = await unlockedInVain()
    g.answers.endStatement = refuses('connection-lost', 'gone')
    g.answers.observe = () => {
      throw new Failure('server-unreachable', 'no server answers', { cause: { code: 'ECONNREFUSED' } })
    }
    assert.equal(await leftBy(g), undefined)
  })

  test('may have it where the server cannot be reached for another reason', async () => {
    const g = await unlockedInVain()
    g.answers.endStatement = refuses('connection-lost', 'gone')
    g.answers.observe = refuses('server-unreachable', 'no answer')
    assert.match((await leftBy(g)) ?? '', /gone/)
  })
})

test('an observer that does not answer is not waited for: another connection looks', async () => {
  const g = await unlockedInVain()
  let asked = 0
  g.answers.endStatement = () => (asked++ === 0 ? never : undefined)
  g.answers.isConnected = () => false
  assert.equal(await leftBy(g), undefined)
  assert.ok(asked > 1)
})

async function unlockedInVain(): Promise<Guest> {
  const g = await frozenGuest()
  g.answers.unlock = refuses('statement-failed', 'UNLOCK TABLES failed')
  return g
}

/** What the ending says of a lock that may stay. */
async function leftBy(g: Guest): Promise<string | undefined> {
  g.stateDir.remove('waitforsnapshot')
  await g.schedule.pass(6000)
  const { ended } = holdIn(g) ?? {}
  assert.ok(ended)
  return ended.mayBeLocked
}
