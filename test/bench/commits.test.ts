import assert from 'node:assert/strict'
import { longestIn } from './commits.ts'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { commitsIn, commitsPerBin, firstAfter, gapAround, length, stallIn } from './commits.ts'

const commits = [0, 10, 300, 310, 550, 560, 900]

test('the stall is the longest time between two commits around the snapshot, not the longest of all', () => {
  assert.deepEqual(stallIn(commits, { from: 305, to: 400 }), { from: 310, to: 550 })
})

test('the stall begins before the freeze when the last commit does', () => {
  assert.deepEqual(stallIn(commits, { from: 20, to: 30 }), { from: 10, to: 300 })
})

test('a writer that committed nothing before the freeze, or after the thaw, measured nothing', () => {
  assert.throws(() => stallIn(commits, { from: -1, to: 20 }), /nothing before the freeze/)
  assert.throws(() => stallIn(commits, { from: 20, to: 901 }), /nothing after the thaw/)
  assert.throws(() => stallIn([], { from: 0, to: 1 }), /nothing before the freeze/)
  assert.throws(() => firstAfter(commits, 900), /nothing after the thaw/)
})

test('no gap that touches the time around the snapshot is longer than the stall', () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 3 })
  fc.assert(
    fc.property(times, fc.nat(), fc.nat(), (some, one, other) => {
      const rising = some.toSorted((a, b) => a - b)
      const inside = [one, other].map((n) => rising[0]! + (n % (rising.at(-1)! - rising[0]!)))
      const around = { from: Math.min(...inside), to: Math.max(...inside) }
      const stall = stallIn(rising, around)
      assert.equal(commitsIn(rising, stall), 0)
      for (let at = around.from; at <= around.to; at++) {
        const before = rising.findLast((time) => time <= at)!
        assert(length({ from: before, to: firstAfter(rising, before) }) <= length(stall))
      }
    }),
  )
})

test('a moment lies between two commits, the earlier of which may be at that moment', () => {
  assert.deepEqual(gapAround(commits, 310), { from: 310, to: 550 })
  assert.deepEqual(gapAround(commits, 549), { from: 310, to: 550 })
  assert.throws(() => gapAround(commits, -1), /nothing before the freeze/)
})

test('the first commit after a moment is a later one', () => {
  assert.equal(firstAfter(commits, 310), 550)
})

test('each commit is counted in its bin of the axis, and none beyond it', () => {
  assert.deepEqual(commitsPerBin([-1, 0, 9.9, 10, 25, 30], { from: 0, to: 30, width: 10 }), [2, 1, 1])
})

test('a silence that goes on at either end of a span counts as far as it lies within', () => {
  assert.equal(longestIn([0, 90, 130, 150], { from: 100, to: 200 }), 50)
  assert.equal(longestIn([0, 180, 190, 400], { from: 100, to: 200 }), 80)
  assert.equal(longestIn([], { from: 100, to: 200 }), 100)
})
