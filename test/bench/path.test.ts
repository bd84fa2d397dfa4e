import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { marksFrom } from './lock-files.ts'
import { pathOf } from './path.ts'
import { addedStall } from './take.ts'

const steps = [
  { name: 'connect', ms: 9 },
  { name: 'lock', ms: 3 },
  { name: 'flush', ms: 8 },
  { name: 'record', ms: 5 },
  { name: 'checks', ms: 2 },
  { name: 'unlock', ms: 1 },
]

/** The moments of a run in order: each is so many milliseconds after the one before. */
function runAfter(waits: readonly number[]) {
  const moments = waits.map((_, index) => 1000 + waits.slice(0, index + 1).reduce((sum, wait) => sum + wait))
  const [begin = 0, asked = 0, begun = 0, last = 0, answered = 0, said = 0, ...later] = moments
  const [frozen = 0, thaw = 0, letGo = 0, first = 0, over = 0] = later
  return {
    take: {
      freeze: { begin, end: frozen },
      thaw: { begin: thaw, end: over },
      commits: [begin - 1, last, first, over + 1],
    },
    said,
    marks: { asked, begun, answered, letGo },
    steps,
  }
}

const waits = [0, 40, 60, 12, 20, 1, 5, 200, 2, 4, 15]

test('a run is cut where something was seen from outside, and each step of the log lies in its section', () => {
  const told = pathOf(runAfter(waits)).map(({ stretch, section, step, ms }) => [stretch, step ?? section, ms])
  assert.deepEqual(told, [
    ['before the lock', 'start, settings, ask', 40],
    ['before the lock', 'start of locktables', 60],
    ['before the lock', 'preparation', 12],
    ['before the lock', 'connect', 9],
    ['writers wait', 'lock to answer', 20],
    ['writers wait', 'lock', 3],
    ['writers wait', 'flush', 8],
    ['writers wait', 'record', 5],
    ['writers wait', 'hand-over', 1],
    ['writers wait', 'process exit', 5],
    ['the hypervisor', 'snapshot', 200],
    ['writers wait', 'thaw', 2],
    ['writers wait', 'release', 4],
    ['writers wait', 'checks', 2],
    ['writers wait', 'unlock', 1],
    ['writers wait', 'wake-up, first commit', 1],
  ])
})

test('the sections in which writers wait add up to the added stall', () => {
  const some = fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 11, maxLength: 11 })
  fc.assert(
    fc.property(some, (times) => {
      // the snapshot makes the stall the longest gap, as it does in a real run
      const run = runAfter(times.with(7, 2000))
      const waiting = pathOf(run).filter(({ stretch, step }) => stretch === 'writers wait' && step === null)
      assert.equal(
        waiting.reduce((sum, { ms }) => sum + ms, 0),
        addedStall(run.take),
      )
    }),
  )
})

test('the writer waits around the snapshot, even where it had a longer pause of its own before the lock', () => {
  const run = runAfter(waits.with(0, 500))
  const commits = run.take.commits.with(0, run.take.freeze.begin - 400)
  assert.deepEqual(pathOf({ ...run, take: { ...run.take, commits } }), pathOf(run))
})

test('a log without the step that begins a section is named, not guessed around', () => {
  const run = { ...runAfter(waits), steps: steps.filter(({ name }) => name !== 'checks') }
  assert.throws(() => pathOf(run), /no step 'checks', only connect, lock, flush, record, unlock/)
})

test('the marks of a run are what came and went in the state directory', () => {
  const names = [
    'waitforlock',
    'waitforsnapshot',
    'hold.json.new',
    'hold.json.new',
    'hold.json',
    'hold.json',
    'waitforlock',
    'waitforsnapshot',
    'hold.json',
    'hold.json',
  ]
  const seen = names.map((name, at) => ({ name, at }))
  assert.deepEqual(marksFrom(seen), { asked: 0, begun: 4, answered: 6, letGo: 7 })
})

test('a run that was not seen whole has no marks', () => {
  assert.throws(() => marksFrom([{ name: 'waitforlock', at: 1 }]), /seen only waitforlock$/)
  assert.throws(() => marksFrom([]), /seen only nothing$/)
})
