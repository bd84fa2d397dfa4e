import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { heldBy, idleOffender, type IdleHolder } from '../../src/core/idle-holder.ts'
import type { Statement } from '../../src/core/statement.ts'

const holders: readonly IdleHolder[] = [
  { id: 1, table: 'shop.orders', by: 'HANDLER' },
  { id: 2, table: 'shop.notes', by: 'LOCK TABLES ... READ' },
]

describe('a session that rests with a table is in the way', () => {
  test('when it has rested for quiet-query; the longest is named', () => {
    const statements = [session(1, { age: 3000 }), session(2, { age: 9000 })]
    assert.equal(
      idleOffender(holders, { statements, quietQuery: 1000 }),
      'session 2 of app@10.0.0.7, idle for 9s, with shop.notes in use by LOCK TABLES ... READ',
    )
  })

  test('but not sooner, not while it runs a statement, and not without a table', () => {
    assert.equal(
      idleOffender(holders, { statements: [session(1, { age: 500 })], quietQuery: 1000 }),
      undefined,
    )
    assert.equal(
      idleOffender(holders, { statements: [session(1, { command: 'Query' })], quietQuery: 0 }),
      undefined,
    )
    assert.equal(idleOffender(holders, { statements: [session(3, {})], quietQuery: 0 }), undefined)
  })
})

describe('a row of metadata_locks is of', () => {
  for (const [type, by] of [
    ['SHARED_READ_ONLY', 'LOCK TABLES ... READ'],
    ['SHARED_NO_READ_WRITE', 'LOCK TABLES ... WRITE'],
    ['SHARED', 'HANDLER'],
  ] as const)
    test(`${by}: ${type}`, () => assert.equal(heldBy(type), by))
})

function session(id: number, change: Partial<Statement>): Statement {
  return { id, user: 'app', host: '10.0.0.7', command: 'Sleep', age: 5000, state: '', text: '', ...change }
}
