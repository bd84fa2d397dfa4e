import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stallsIn } from './stalls.ts'

const run = { from: 100, to: 200 }
const snapshot = { from: 130, to: 180 }

test('the stall is the longest time between two commits of one writer around the run', () => {
  const steady = [0, 30, 60, 90, 120, 150, 180, 210]
  const stalled = [0, 10, 20, 105, 205, 400]
  const { writers, longest } = stallsIn({ commits: [steady, stalled], run, snapshot })
  assert.deepEqual(
    writers.map((writer) => writer.longest),
    [30, 100],
  )
  assert.equal(longest, 100)
})

test('what the snapshot itself took is no fault of the scripts', () => {
  const commits = [[90, 125, 195, 210]]
  const { longest, snapshot: taken, added } = stallsIn({ commits, run, snapshot })
  assert.deepEqual({ longest, taken, added }, { longest: 70, taken: 50, added: 20 })
})

test('the usual gap is the median of those before the run', () => {
  const commits = [[0, 10, 25, 26, 100, 250]]
  assert.equal(stallsIn({ commits, run, snapshot }).writers[0]!.usual, 15)
})

test('a writer that has not committed again gives no stall, but an error', () => {
  assert.throws(() => stallsIn({ commits: [[90, 120]], run, snapshot }), {
    message: /committed nothing after the thaw/,
  })
})
