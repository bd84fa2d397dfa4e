import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { never, refuses } from '../support/fake/database.ts'
import { guest } from '../support/fake/guest.ts'

const quick = { onLongQuery: 'fail', lockWait: 1000 } as const
const resting = {
  id: 9,
  user: 'app',
  host: 'localhost',
  command: 'Sleep',
  age: 30_000,
  state: '',
  text: '',
}

describe('an attempt that fails names who was in its way', () => {
  test('as the server shows it, while the lock waits: also a session that rests', async () => {
    const g = guest({ limits: quick })
    g.answers.lock = () => never
    g.answers.statements = () => [resting]
    let asked = 0
    g.answers.inTheWayOf = () => {
      asked = g.schedule.now()
      return [{ id: 9, table: 'shop.orders' }]
    }
    await assert.rejects(g.ended(g.freeze()), {
      code: 'lock-not-granted',
      message:
        'no lock within 1s, behind session 9 of app@localhost, idle for 30s, with shop.orders locked, as LOCK TABLES ... WRITE does',
    })
    assert.ok(asked < 1100)
  })

  test('after it, where the server did not answer meanwhile', async () => {
    const g = guest({ limits: quick })
    g.answers.lock = () => never
    let asked = 0
    g.answers.inTheWayOf = () => {
      if (asked++ === 0) throw new Error('too slow')
      return [{ id: 9, table: null }]
    }
    g.answers.statements = () => [resting]
    await assert.rejects(g.ended(g.freeze()), {
      message: /, behind session 9 of app@localhost, idle for 30s, with a/,
    })
    assert.equal(asked, 2)
  })

  test('but not who was there after a lock that was refused at once', async () => {
    const g = guest({ limits: quick })
    g.answers.lock = refuses('lock-not-granted', 'Deadlock found')
    await assert.rejects(g.ended(g.freeze()), {
      message:
        'Deadlock found, behind nobody that can be named; the server shows no session that has what the lock waits for',
    })
  })
})

describe('an attempt that waited for tables in use', () => {
  const shut = { state: 'Waiting for table flush', tablesInUse: ['shop.orders'] }

  test('is the last one where nobody can be named, and says what stays shut', async () => {
    const g = guest({ limits: { lockWait: 1000, freezeWithin: 60_000 } })
    let attempts = 0
    g.answers.lock = () => {
      attempts++
      return never
    }
    g.answers.lockWait = () => shut
    await assert.rejects(g.ended(g.freeze()), {
      code: 'lock-not-granted',
      message: /, behind nobody that can be named; .*; shop\.orders stays shut, for readers too, until/,
    })
    assert.equal(attempts, 1)
  })

  test('names the session that rests with one', async () => {
    const g = guest({ limits: quick })
    g.answers.lock = () => never
    g.answers.lockWait = () => shut
    g.answers.statements = () => [{ ...resting, age: 0 }]
    g.answers.idleHolders = () => [{ id: 9, table: 'shop.orders', by: 'HANDLER' }]
    await assert.rejects(g.ended(g.freeze()), {
      message:
        'no lock within 1s, behind session 9 of app@localhost, idle for 0s, with shop.orders in use by HANDLER',
    })
  })
})
