import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { errnoOf, systemMessage } from '../../src/adapters/errno.ts'

describe('a system error', () => {
  const error = thrownBy(() => readFileSync('/nonexistent/file'))

  test('has the name of its errno', () => assert.equal(errnoOf(error), 'ENOENT'))

  test('is said in the system’s words, without the call and its arguments', () =>
    assert.equal(systemMessage(error), 'no such file or directory (ENOENT)'))
})

describe('everything else that is thrown', () => {
  for (const [what, thrown, said] of [
    ['an error', new Error('no'), 'no'],
    ['an error with a code that is no name', Object.assign(new Error('no'), { code: 7 }), 'no'],
    [
      'an error with a code, and its own words',
      Object.assign(new Error('no way'), { code: 'ERR_X' }),
      'no way',
    ],
    ['a word', 'no', 'no'],
    ['nothing', undefined, 'undefined'],
  ] as const)
    test(`has its own words: ${what}`, () => assert.equal(systemMessage(thrown), said))

  test('has no errno', () => {
    for (const thrown of [
      new Error('no'),
      Object.assign(new Error('no'), { code: 7 }),
      'ENOENT',
      undefined,
      null,
    ])
      assert.equal(errnoOf(thrown), undefined)
  })
})

function thrownBy(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
