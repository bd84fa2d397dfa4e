import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { summary } from './statistics.ts'

const rows: readonly (readonly [values: number[], median: number, worst: number])[] = [
  [[7], 7, 7],
  [[1, 2], 1.5, 2],
  [[30, 10, 20], 20, 30],
  [[10, 9, 100, 1], 9.5, 100],
]

for (const [values, median, worst] of rows) {
  test(`of ${values.join(' ')} the median is ${median} and the worst ${worst}`, () => {
    assert.deepEqual(summary(values), { median, worst, of: values.length, values })
  })
}

test('what was not measured has no summary', () => {
  assert.equal(summary([]), undefined)
})

test('half of the values are at most the median, half at least', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1 }), (values) => {
      const { median, worst } = summary(values)!
      assert(values.filter((value) => value <= median).length * 2 >= values.length)
      assert(values.filter((value) => value >= median).length * 2 >= values.length)
      assert(values.every((value) => value <= worst))
    }),
  )
})
