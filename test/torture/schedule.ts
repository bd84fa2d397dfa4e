import * as fc from 'fast-check'
import { type DeedName, deedNames } from './deeds.ts'
import { type MomentName, momentNames } from './moments.ts'

/** One thing that is done, some milliseconds after a moment has come, or was waited for in vain. */
export interface Step {
  readonly moment: MomentName
  readonly after: number
  readonly deed: DeedName
}

/** The schedule of a seed: a freeze, and what is done from then on. Without bias, which would keep a first sample short. */
export function scheduleOf(seed: number): readonly Step[] {
  return fc.sample(fc.noBias(anySchedule), { seed, numRuns: 1 })[0]!
}

export function describeStep({ moment, after, deed }: Step): string {
  return `${moment}, and ${after} ms: ${deed}`
}

/** What happens in every other run is drawn more often; what takes the server seconds, less often. */
const weights: Partial<Record<DeedName, number>> = {
  freeze: 40,
  thaw: 50,
  freezeFail: 6,
  'SIGKILL to locktables': 8,
  'SIGSTOP to locktables': 8,
  'KILL CONNECTION of the holder': 8,
  'KILL QUERY of the holder': 8,
  'rm waitforsnapshot': 8,
  'the server is restarted': 2,
  'the server is killed': 2,
  'the server stands still': 3,
}

const anyDeed = fc.oneof(
  ...deedNames.map((deed) => ({ weight: weights[deed] ?? 4, arbitrary: fc.constant(deed) })),
)

const anyDelay = fc.oneof(
  { weight: 4, arbitrary: fc.nat(5) },
  { weight: 4, arbitrary: fc.nat(100) },
  { weight: 2, arbitrary: fc.nat(700) },
  // Longer than hold-at-most.
  { weight: 1, arbitrary: fc.nat(3000) },
)

/** Where a deed meets somebody; the others are done wherever. */
const preferred: readonly (readonly [RegExp, readonly MomentName[]])[] = [
  [/^thaw$/, ['the freeze has ended', 'the hold has ended']],
  [/ post-thaw-script$/, ['a thaw has begun']],
  [/ pre-freeze-script$/, ['it is asked', 'locktables has begun', 'the lock is waited for']],
  [/ locktables$|holder|observer|waitforsnapshot/, ['locktables has begun', 'the lock is waited for']],
  [/ locktables$|holder|observer|waitforsnapshot/, ['it is frozen', 'a thaw has begun', 'it is let go']],
  [/^a long|^LOCK/, ['at once']],
]

function anyStepOf(deed: DeedName): fc.Arbitrary<Step> {
  const likely = preferred.filter(([pattern]) => pattern.test(deed)).flatMap(([, moments]) => moments)
  const anyMoment = fc.constantFrom(...momentNames)
  const moment = fc.oneof(
    { weight: 1, arbitrary: anyMoment },
    { weight: 2, arbitrary: likely.length > 0 ? fc.constantFrom(...likely) : anyMoment },
  )
  return fc.record({ moment, after: anyDelay, deed: fc.constant(deed) })
}

const anySchedule = fc
  .array(anyDeed.chain(anyStepOf), { minLength: 3, maxLength: 10, size: 'max' })
  .map((steps): readonly Step[] => [{ moment: 'at once', after: 0, deed: 'freeze' }, ...steps])
