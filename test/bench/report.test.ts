import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Measured } from './measure.ts'
import { reportOn } from './report.ts'
import { lastRun } from './run-line.ts'
import { tables } from './table.ts'
import { outcomeOf, type Target } from './targets.ts'

const circumstances = { at: '2026-01-02T03:04:05.678Z', server: 'mariadb 10.11.19', machine: '2 x cpu' }
const waits = { stretch: 'writers wait', section: 'lock to answer' } as const

const measured: readonly Measured[] = [
  { subject: 'floor', measures: { addedStall: 3, synced: 0.8, release: 2 }, path: [] },
  { subject: 'floor', measures: { addedStall: 5, synced: 0.8, release: 2 }, path: [] },
  {
    subject: 'ours',
    measures: { addedStall: 16, release: 4 },
    path: [
      { ...waits, step: null, ms: 12 },
      { ...waits, step: 'flush', ms: 3 },
      { ...waits, step: 'record', ms: 7 },
    ],
  },
  {
    subject: 'ours',
    measures: { addedStall: 14, release: 6.4 },
    path: [
      { ...waits, step: null, ms: 10 },
      { ...waits, step: 'record', ms: 5 },
      { ...waits, step: 'flush', ms: 2 },
    ],
  },
  { subject: 'ours', measures: { preFreeze: 290, lockerMemory: 61e6, emptyNode: 35e6 }, path: [] },
  { subject: 'baseline', measures: { addedStall: 6000, release: 1000 }, path: [] },
]

test('the report has median and worst of each subject, and of each part of the path in the order of the first round', () => {
  const { subjects, path } = reportOn(measured, circumstances)
  assert.deepEqual(subjects.ours.addedStall, { median: 15, worst: 16, of: 2, values: [16, 14] })
  assert.deepEqual(subjects.baseline.preFreeze, undefined)
  assert.deepEqual(
    path.map(({ step, median, worst }) => [step, median, worst]),
    [
      [null, 11, 12],
      ['flush', 2.5, 3],
      ['record', 6, 7],
    ],
  )
})

test('what is to be reached is measured against the median of the floor and of the baseline', () => {
  const { targets } = reportOn(measured, circumstances)
  assert.deepEqual(
    targets.map(({ what, seen }) => [what, seen]),
    [
      ['added stall, median', 15 / 4],
      ['added stall, worst', 16 / 4],
      ['added stall, median', 6000 / 15],
      ['release, median', 5.2 / (4 - 0.8)],
      ['pre-freeze on an idle server, median', 290],
      ['locker memory, worst', 61 / 35],
    ],
  )
  assert.deepEqual(targets.map(outcomeOf), ['ok', 'ok', 'ok', 'ok', 'ok', 'NOT REACHED'])
})

test('a ratio to what was not measured is neither reached nor missed', () => {
  const { targets } = reportOn(
    measured.filter(({ subject }) => subject === 'ours'),
    circumstances,
  )
  assert.deepEqual(targets.slice(0, 4).map(outcomeOf), Array(4).fill('not measured'))
})

const limits: readonly (readonly [Target['sense'], number, string])[] = [
  ['at most', 4, 'ok'],
  ['at most', 4.01, 'NOT REACHED'],
  ['at least', 4, 'ok'],
  ['at least', 3.99, 'NOT REACHED'],
]

for (const [sense, seen, outcome] of limits) {
  test(`${seen} for ${sense} 4 is ${outcome}`, () => {
    assert.equal(outcomeOf({ what: '', sense, limit: 4, unit: '', seen }), outcome)
  })
}

test('the tables line up, and show a subject that has no such figure as dashes', () => {
  assert.equal(
    tables(reportOn(measured, circumstances)),
    `mariadb 10.11.19; 2 x cpu; 2026-01-02T03:04:05.678Z

                                  ours  median  worst  floor  median  worst  baseline  median  worst
added stall, ms                   of 2    15.0   16.0   of 2     4.0    5.0      of 1   6 000  6 000
of it sync -f, ms                            -      -   of 2     0.8    0.8                 -      -
release, ms                       of 2     5.2    6.4   of 2     2.0    2.0      of 1   1 000  1 000
pre-freeze on an idle server, ms  of 1     290    290              -      -                 -      -
locker memory at its peak, MB     of 1    61.0   61.0              -      -                 -      -
an empty Node.js process, MB      of 1    35.0   35.0              -      -                 -      -

to reach                                            seen
added stall, median                      at most 4   3.8  x floor               ok
added stall, worst                      at most 15   4.0  x floor               ok
added stall, median                   at least 300   400  x less than baseline  ok
release, median                        at most 2.5   1.6  x floor without sync  ok
pre-freeze on an idle server, median   at most 300   290  ms                    ok
locker memory, worst                   at most 1.6   1.7  x empty Node.js       NOT REACHED

where the time of ours goes, ms  median  worst
writers wait
  lock to answer                   11.0   12.0
    flush                           2.5    3.0
    record                          6.0    7.0`,
  )
})

test('the steps are those of the last run in the log', () => {
  const lines = [
    { run: 'a', verdict: 'yes', steps: [{ name: 'lock', ms: 1 }] },
    { run: 'b', verdict: 'yes', steps: [{ name: 'lock', ms: 2 }] },
    { run: 'b', ended: { steps: [] } },
  ]
  const log = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  assert.deepEqual(lastRun(log).steps, [{ name: 'lock', ms: 2 }])
  assert.throws(() => lastRun('{"run":"a"}\n'), /no line of a run/)
})
