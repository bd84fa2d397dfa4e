import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asText } from './grid.ts'
import { isUnchanged, type SetMeasured, setGrid } from './set-table.ts'
import { summary } from './statistics.ts'

const of = (servers: number, ours: number, floor: number): SetMeasured => ({
  servers,
  ours: summary([ours])!,
  floor: summary([floor])!,
})

test('a set is unchanged where its stall grows as its floor does, and no more', () => {
  const all = [of(1, 10, 1), of(4, 29, 2), of(8, 31, 2)]
  assert.deepEqual(
    all.map((one) => isUnchanged(one, all)),
    [true, true, false],
  )
})

test('the table of sets has a line for each, with both ratios', () => {
  assert.match(asText(setGrid([of(1, 10, 1), of(8, 30, 2)])), /^8 +30\.0 +30\.0 +2\.0 +15\.0 +1\.5 +ok$/m)
})
