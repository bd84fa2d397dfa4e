import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { type Check, conclude } from '../../src/core/verdict.ts'

describe('checks together say', () => {
  const checks = (...results: readonly Check['result'][]): Check[] =>
    results.map((result) => ({ name: 'a check', result, seen: result }))

  for (const [results, consistent] of [
    [['yes'], 'yes'],
    [['yes', 'not-applicable'], 'yes'],
    [['yes', 'unknown'], 'unknown'],
    [['yes', 'no', 'unknown'], 'no'],
    [['not-applicable'], 'unknown'],
    [[], 'unknown'],
  ] as const)
    test(`${consistent} where they are ${results.join(', ') || 'none'}`, () =>
      assert.equal(conclude(checks(...results)).consistent, consistent))

  test('never yes where one says no or unknown', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('yes', 'no', 'unknown', 'not-applicable')), (results) => {
        const { consistent } = conclude(checks(...results))
        assert.equal(consistent === 'no', results.includes('no'))
        if (results.includes('unknown')) assert.notEqual(consistent, 'yes')
      }),
    )
  })
})
