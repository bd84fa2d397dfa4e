import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { blocker, type InTheWay } from '../../src/core/blocker.ts'
import type { WaitsFor } from '../../src/core/lock-table.ts'
import type { Statement } from '../../src/core/statement.ts'

const resting = { command: 'Sleep', state: '', text: '' }

describe('who keeps a lock waiting is', () => {
  test('who the server itself says it is, before anybody older', () => {
    const statements = [
      session(1, { age: 90_000 }),
      session(2, { age: 3000, text: 'UPDATE orders SET paid = 1' }),
    ]
    assert.equal(
      named(statements, { inTheWay: [{ id: 2, table: null }] }),
      'statement 2 of app@10.0.0.7, running for 3s: UPDATE orders SET paid = 1',
    )
  })

  test('the oldest of those', () => {
    const statements = [session(1, { age: 3000 }), session(2, { age: 9000 })]
    const inTheWay = [1, 2].map((id) => ({ id, table: null }))
    assert.match(named(statements, { inTheWay }) ?? '', /^statement 2 /)
  })

  test('a session that rests with a table locked', () => {
    const inTheWay = [{ id: 3, table: 'shop.orders' }]
    assert.equal(
      named([session(3, { ...resting, age: 30_000 })], { inTheWay }),
      'session 3 of app@10.0.0.7, idle for 30s, with shop.orders locked, as LOCK TABLES ... WRITE does',
    )
    assert.equal(
      named([session(3, { ...resting, age: 30_000 })], { inTheWay: [{ id: 3, table: null }] }),
      'session 3 of app@10.0.0.7, idle for 30s, with a lock on tables',
    )
  })

  test('said without what a terminal would obey, though the name of its table has it', () => {
    const inTheWay = [{ id: 3, table: 'shop.\x1b[2J' }]
    assert.match(named([session(3, resting)], { inTheWay }) ?? '', /, with shop\. \[2J locked,/)
  })

  test('where the server does not tell, the oldest statement that such a lock waits for', () => {
    const statements = [
      session(1, { age: 90_000 }),
      session(2, { age: 3000, text: 'INSERT INTO orders VALUES (1)' }),
    ]
    assert.match(named(statements, {}) ?? '', /^statement 1 /)
    assert.match(named(statements, { waitsFor: 'writes' }) ?? '', /^statement 2 /)
    assert.match(named(statements, { waitsFor: 'ddl' }) ?? '', /^statement 2 /)
  })

  for (const state of [
    'Waiting for global read lock',
    'Waiting for backup lock',
    'Waiting for commit lock',
    'Waiting for table flush',
    'Waiting for table metadata lock',
    'Waiting for schema metadata lock',
    'Waiting for table level lock',
  ])
    test(`not who waits behind it (${state})`, () => {
      const statements = [session(1, { age: 9000, state }), session(2, { age: 3000 })]
      assert.match(named(statements, {}) ?? '', /^statement 2 /)
    })

  test('where nobody runs anything, perhaps who has rested longest', () => {
    const statements = [session(1, { ...resting, age: 3000 }), session(2, { ...resting, age: 9000 })]
    assert.equal(
      named(statements, {}),
      'no statement, so an idle session with a lock, as LOCK TABLES takes it: perhaps session 2 of app@10.0.0.7, idle for 9s (or one of 1 more)',
    )
    assert.match(
      named(statements.slice(0, 1), {}) ?? '',
      /perhaps session 1 of app@10\.0\.0\.7, idle for 3s$/,
    )
  })

  test('not who waits itself, though it has what the lock waits for', () => {
    const victim = session(1, {
      age: 9000,
      state: 'Waiting for table metadata lock',
      text: 'INSERT INTO orders VALUES (1)',
    })
    const inTheWay = [
      { id: 1, table: null },
      { id: 3, table: 'shop.orders' },
    ]
    assert.match(named([victim, session(3, { ...resting, age: 3000 })], { inTheWay }) ?? '', /^session 3 /)
    assert.equal(named([victim], { inTheWay }), undefined)
  })

  test('an ALTER TABLE that waits for readers, where there is nobody else', () => {
    const altering = session(1, {
      state: 'Waiting for table metadata lock',
      text: 'ALTER TABLE orders ADD c INT',
    })
    assert.match(named([altering], {}) ?? '', /^statement 1 /)
  })

  test('never one of the server itself', () => {
    for (const user of ['system user', 'event_scheduler'])
      assert.equal(named([session(1, { ...resting, user })], {}), undefined)
  })

  test('nobody, where nobody is there', () => {
    assert.equal(named([], {}), undefined)
    assert.equal(named([session(1, { command: 'Binlog Dump', text: '' })], {}), undefined)
  })

  test('nobody the server told of who has gone since', () => {
    assert.equal(named([], { inTheWay: [{ id: 9, table: null }] }), undefined)
  })
})

function named(
  statements: readonly Statement[],
  {
    inTheWay = [],
    waitsFor = 'all',
  }: { readonly inTheWay?: readonly InTheWay[]; readonly waitsFor?: WaitsFor },
): string | undefined {
  return blocker({ statements, inTheWay, waitsFor })?.said
}

function session(id: number, change: Partial<Statement>): Statement {
  const state = 'executing'
  return { id, user: 'app', host: '10.0.0.7', command: 'Query', age: 0, state, text: 'SELECT 1', ...change }
}
