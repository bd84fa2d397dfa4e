import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { anyGuest, anyHappenings } from '../support/fake/happening.ts'
import { outcomes, playOut } from '../support/fake/play-out.ts'

const seed = Number(process.env['MODEL_SEED'] ?? 20_260_102)
const numRuns = Number(process.env['MODEL_RUNS'] ?? 2000)
const seen = new Set<string>()

const ends = [
  'freeze: frozen',
  'freeze: busy',
  'freeze: cancelled',
  'freeze: connection-lost',
  'freeze: launcher-died',
  'freeze: locker-died',
  'freeze: server-unreachable',
  'freeze: stopped',
  'freeze: killed',
  'thaw: yes, let-go',
  'thaw: no, let-go',
  'thaw: no, connection-lost',
  'thaw: no, died',
  'thaw: no, expired',
  'thaw: no, failed',
  'thaw: no, stopped',
  'thaw: never held',
  'thaw: refused',
  'thaw: nothing to thaw',
  'thaw: unreadable',
  'thaw: killed',
]

test('in no order of freeze, thaw, kill, stop, loss and expiry is a lock kept too long or a verdict wrong', async (t) => {
  t.diagnostic(`seed ${seed}, ${numRuns} orders; MODEL_SEED and MODEL_RUNS choose others`)
  await fc.assert(
    fc.asyncProperty(anyGuest, anyHappenings, async (settings, happenings) => {
      const scene = await playOut(settings, happenings)
      for (const outcome of outcomes(scene)) seen.add(outcome)
      assert.deepEqual(scene.complaints, [])
    }),
    { seed, numRuns, includeErrorInReport: true },
  )
})

test('these orders lead to every end that a freeze and a thaw can have', () => {
  const missed = ends.filter((end) => !seen.has(end))
  assert.deepEqual(missed, [])
})
