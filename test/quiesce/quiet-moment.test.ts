import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { refuses } from '../support/fake/database.ts'
import { type Guest, guest, type GuestSettings } from '../support/fake/guest.ts'

const select = 'SELECT * FROM orders'
const update = 'UPDATE orders SET paid = 1'

describe('on-long-query = fail', () => {
  test('names the offender at once, and asks for no lock', async () => {
    const g = await busyWith(select, 'fail')
    const began = g.schedule.now()
    await assert.rejects(g.ended(g.freeze()), {
      code: 'no-quiet-moment',
      message:
        'the lock was not tried, it would wait for statement 1 of app@localhost, running for 3s: SELECT * FROM orders',
    })
    assert.ok(g.schedule.now() - began < 300)
    assert.deepEqual(g.server.lock.grants, [])
  })

  test('makes one attempt, and no second', async () => {
    const g = guest({ limits: { onLongQuery: 'fail', lockWait: 1000 } })
    g.server.run(update)
    await assert.rejects(g.ended(g.freeze()), {
      code: 'lock-not-granted',
      message: /, behind statement 1 of app@localhost, running for \d+m?s: UPDATE orders SET paid = 1$/,
    })
    assert.ok(g.schedule.now() < 1300)
  })
})

describe('on-long-query = kill', () => {
  test('ends a SELECT that the lock would wait for, and logs what it ended', async () => {
    const g = await busyWith(select, 'kill')
    await g.ended(g.freeze())
    const said = g.lines.filter(({ message }) => message.startsWith('ended by KILL QUERY'))
    assert.deepEqual(
      said.map(({ level, message, facts }) => [level, message, facts]),
      [
        [
          'warn',
          'ended by KILL QUERY, as on-long-query is kill: statement 1 of app@localhost, running for 3s: SELECT * FROM orders',
          {
            run: 'run-1',
            killed: {
              id: 1,
              user: 'app',
              host: 'localhost',
              command: 'Query',
              age: 3000,
              state: 'executing',
              text: select,
            },
          },
        ],
      ],
    )
  })

  test('waits for one that it has ended and that goes on, and ends it once', async () => {
    const g = await busyWith(select, 'kill')
    let ended = 0
    g.answers.endStatement = () => void ended++
    g.freeze()
    await g.schedule.pass(5000)
    assert.equal(ended, 1)
    assert.match(g.stateDir.files.get('hold.json') ?? '', /waiting for a quiet moment: statement 1/)
  })

  test('ends nothing that writes', async () => {
    const g = await busyWith(update, 'kill')
    g.answers.endStatement = refuses('internal', 'nothing may be ended')
    g.freeze()
    await g.schedule.pass(5000)
    assert.match(g.stateDir.files.get('hold.json') ?? '', /waiting for a quiet moment: statement 1/)
  })

  test('ends nothing younger than quiet-query', async () => {
    const g = guest({ limits: { onLongQuery: 'kill' } })
    const statement = g.server.run(select)
    g.answers.endStatement = refuses('internal', 'nothing may be ended')
    g.schedule.after(1000, () => statement.end())
    await g.ended(g.freeze())
  })

  test('ends no SELECT where the lock waits for writers alone', async () => {
    const server = {
      family: 'mariadb',
      version: '10.11.19-MariaDB',
      uuid: null,
      account: 'q@localhost',
    } as const
    const g = await busyWith(select, 'kill', { server })
    g.answers.endStatement = refuses('internal', 'nothing may be ended')
    await g.ended(g.freeze())
  })

  test('fails where it may not, and names the privilege', async () => {
    const g = await busyWith(select, 'kill')
    g.answers.endStatement = refuses(
      'privilege-missing',
      'KILL QUERY 1 was refused: CONNECTION_ADMIN is missing',
    )
    await assert.rejects(g.ended(g.freeze()), { code: 'privilege-missing', message: /CONNECTION_ADMIN/ })
    assert.deepEqual(g.server.lock.grants, [])
  })
})

/** A server that has been at a statement for three seconds. */
async function busyWith(
  text: string,
  onLongQuery: 'fail' | 'kill',
  settings: GuestSettings = {},
): Promise<Guest> {
  const g = guest({ ...settings, limits: { onLongQuery } })
  g.server.run(text)
  await g.schedule.pass(3000)
  return g
}

describe('a session that rests with a table in use', () => {
  const holder = { id: 9, user: 'app', host: 'localhost', command: 'Sleep', age: 30_000, state: '', text: '' }

  test('is waited for, and never killed: it has no statement to end', async () => {
    const g = guest({ limits: { onLongQuery: 'kill' } })
    g.answers.statements = () => [holder]
    g.answers.idleHolders = () => [{ id: 9, table: 'shop.orders', by: 'LOCK TABLES ... READ' }]
    g.answers.endStatement = refuses('internal', 'nothing may be ended')
    g.freeze()
    await g.schedule.pass(5000)
    assert.match(
      g.stateDir.files.get('hold.json') ?? '',
      /waiting for a quiet moment: session 9 of app@localhost, idle for 30s, with shop\.orders in use by LOCK TABLES \.\.\. READ/,
    )
    assert.deepEqual(g.server.lock.grants, [])
  })
})
