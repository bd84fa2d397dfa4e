import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { asFailure, Failure, failures } from '../../src/core/failure.ts'

describe('the table of failures', () => {
  const rows = Object.entries(failures)

  test('has an exit code of its own for each, which no signal and no shell gives', () => {
    const codes = rows.map(([, { exitCode }]) => exitCode)
    assert.equal(new Set(codes).size, codes.length)
    assert.ok(codes.every((code) => code > 0 && code < 126))
  })

  test('tells to raise the limit that is named, not always max_connections', () => {
    assert.match(failures['too-many-connections'].hint, /^raise max_connections, or the limit that is named/)
  })

  for (const [code, { hint }] of rows)
    test(`says what a person can do about ${code}: ${hint}`, () => {
      assert.ok(hint.length > 0)
      assert.match(hint, /^(?![A-Z][a-z]).*[^.]$/, 'lower case, no full stop')
    })
})

describe('a failure', () => {
  test('has its message, its code, and what the table says of it', () => {
    const cause = new Error('ENOENT')
    const failure = new Failure('server-unreachable', 'no server answers at /x', { cause })
    const { name, message, code, exitCode, hint } = failure
    assert.deepEqual(
      { name, message, code, exitCode, hint, cause: failure.cause },
      {
        name: 'Failure',
        message: 'no server answers at /x',
        code: 'server-unreachable',
        cause,
        ...failures['server-unreachable'],
      },
    )
  })

  test('is what it was', () => {
    const failure = new Failure('busy', 'the tables are frozen already')
    assert.equal(asFailure(failure), failure)
  })

  test('is internal where nobody foresaw it, and keeps what was thrown', () => {
    const error = new TypeError('x is not a function')
    for (const [thrown, message] of [
      [error, 'x is not a function'],
      ['a word', 'a word'],
      [undefined, 'undefined'],
    ] as const) {
      const failure = asFailure(thrown)
      assert.deepEqual([failure.code, failure.message, failure.cause], ['internal', message, thrown])
    }
  })
})
