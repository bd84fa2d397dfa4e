import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { describe as describeStatement, offender, type Statement } from '../../src/core/statement.ts'

const one: Statement = {
  id: 7,
  user: 'app',
  host: 'localhost',
  command: 'Query',
  age: 5000,
  state: 'executing',
  text: 'UPDATE orders SET paid = 1',
}

describe('in the way of the lock is', () => {
  for (const [what, statement, is] of [
    ['a statement as old as quiet-query', { age: 2000 }, true],
    ['a younger one', { age: 1999 }, false],
    ['an idle session', { command: 'Sleep', text: '' }, false],
    ['an idle session that shows its last statement', { command: 'Sleep' }, false],
    ['a session that shows no statement', { text: '' }, false],
    ['a replica that is fed', { command: 'Binlog Dump', text: 'SHOW BINARY LOGS' }, false],
    ['a replica that is fed by GTID', { command: 'Binlog Dump GTID' }, false],
    ['the thread that receives from a primary', { command: 'Slave_IO' }, false],
    ['a thread of replication that waits', { command: 'Connect', user: 'system user', text: '' }, false],
    [
      'the applier of a replication group, which is always there',
      {
        command: 'Connect',
        user: 'system user',
        state: 'waiting for handler commit',
        text: 'Group replication applier module',
      },
      false,
    ],
    ['a session that logs in', { command: 'Connect', user: 'unauthenticated user', text: '' }, false],
    ['an event that runs', { command: 'Connect' }, true],
    ['an applier of MySQL 5.7 that executes', { command: 'Connect', user: 'system user' }, true],
    ['the event scheduler', { command: 'Daemon', user: 'event_scheduler', text: '' }, false],
    ['a prepared statement', { command: 'Execute' }, true],
    ['an applier that executes', { command: 'Slave_SQL', user: 'system user' }, true],
    [
      'a worker of an applier',
      { command: 'Query', user: 'system user', text: 'ALTER TABLE t ADD c INT' },
      true,
    ],
  ] as readonly (readonly [string, Partial<Statement>, boolean])[])
    test(`${is ? '' : 'not '}${what}`, () => {
      const found = offender([{ ...one, ...statement }], { quietQuery: 2000, waitsFor: 'writes' })
      assert.equal(found !== undefined, is)
    })

  test('the oldest of them', () => {
    const statements = [3000, 9000, 5000].map((age, id) => ({ ...one, id, age }))
    assert.equal(offender(statements, { quietQuery: 2000, waitsFor: 'all' })?.id, 1)
    assert.equal(offender([], { quietQuery: 2000, waitsFor: 'all' }), undefined)
  })
})

describe('where the lock waits for writers alone', () => {
  for (const [text, reads] of [
    ['SELECT * FROM orders', true],
    ['select 1', true],
    ['  \n SELECT 1', true],
    ['(SELECT 1) UNION (SELECT 2)', true],
    ['/* page 3 */ SELECT 1', true],
    ['/**/ SELECT 1', true],
    ['/* one */ /* two */SELECT 1', true],
    ['/*\n * report\n */\nSELECT 1', true],
    ['-- report\nSELECT 1', true],
    ['--\nSELECT 1', true],
    ['# report\nSELECT 1', true],
    ['WITH recent AS (SELECT 1) SELECT * FROM recent', true],
    ['SHOW TABLES', true],
    ['EXPLAIN SELECT 1', true],
    ['DESC orders', true],
    ['describe orders', true],
    ['HELP x', true],
    ['SELECT id INTO @id FROM orders', true],
    ['SELECT * FROM orders FOR UPDATE', false],
    ['SELECT * FROM orders for  update nowait', false],
    ["SELECT * INTO OUTFILE '/tmp/x' FROM orders", false],
    ["SELECT * INTO DUMPFILE '/tmp/x' FROM orders", false],
    ['WITH old AS (SELECT 1) DELETE FROM orders', false],
    ['WITH old AS (SELECT 1) UPDATE orders SET paid = 1', false],
    ['/*! UPDATE */ orders SET paid = 1', false],
    ['/*!50000 UPDATE orders SET paid = 1 */', false],
    ['/*M!100000 UPDATE orders SET paid = 1 */', false],
    ['/*M! DELETE */ SELECT 1', false],
    ['/* never closed SELECT 1', false],
    ['UPDATE orders SET paid = 1', false],
    ['INSERT INTO orders SELECT * FROM old_orders', false],
    ['ALTER TABLE orders ADD note TEXT', false],
    ['CALL close_day()', false],
    ['selected', false],
    ['COMMIT', false],
  ] as const) {
    test(`${JSON.stringify(text)} ${reads ? 'is not waited for' : 'is'}`, () => {
      const found = offender([{ ...one, text }], { quietQuery: 2000, waitsFor: 'writes' })
      assert.equal(found === undefined, reads)
    })

    test(`and where it waits for readers too, ${JSON.stringify(text)} is waited for`, () => {
      const found = offender([{ ...one, text }], { quietQuery: 2000, waitsFor: 'all' })
      assert.notEqual(found, undefined)
    })
  }

  test('no text takes long to tell', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('/*', '*/', '(', ' ', '--', '\n', '#', 'select', '!'), { maxLength: 400 }),
        (parts) => {
          offender([{ ...one, text: parts.join('') }], { quietQuery: 0, waitsFor: 'writes' })
        },
      ),
    )
  })
})

describe('for people a statement', () => {
  test('is its number, who runs it, for how long, and how it begins', () => {
    assert.equal(
      describeStatement(one),
      'statement 7 of app@localhost, running for 5s: UPDATE orders SET paid = 1',
    )
  })

  test('does nothing to a terminal', () => {
    assert.equal(
      describeStatement({ ...one, text: 'SELECT "\x07\x1b[31mred"' }),
      'statement 7 of app@localhost, running for 5s: SELECT " [31mred"',
    )
  })

  test('is on one line, and cut off after 80 letters', () => {
    const text = `SELECT\n\t${'x'.repeat(100)}`
    assert.equal(
      describeStatement({ ...one, text }),
      `statement 7 of app@localhost, running for 5s: SELECT ${'x'.repeat(73)}`,
    )
  })
})
