import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roundsOf } from './plan.ts'
import { subjectNames } from './subject.ts'

const plan = (rounds: number, baselineRounds: number, only = subjectNames) =>
  roundsOf({ rounds, baselineRounds, only }).map((round) =>
    round.map(({ subject, load }) => `${subject} ${load}`).join(', '),
  )

test('every round has all subjects, so that what else the machine does meets them alike', () => {
  assert.deepEqual(plan(5, 5), [
    ...Array.from(
      { length: 3 },
      () => 'floor writer, ours writer, ours idle, baseline writer, baseline idle',
    ),
    ...Array.from({ length: 2 }, () => 'floor writer, ours writer, ours idle, baseline writer'),
  ])
})

test('the baseline may have fewer rounds, or more', () => {
  assert.deepEqual(plan(2, 1).at(-1), 'floor writer, ours writer, ours idle')
  assert.deepEqual(plan(1, 4).slice(2), ['baseline writer, baseline idle', 'baseline writer'])
})

test('only what is named is measured', () => {
  assert.deepEqual(plan(2, 20, ['ours']), ['ours writer, ours idle', 'ours writer, ours idle'])
})
