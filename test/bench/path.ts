import type { Step } from '../../src/core/step.ts'
import type { Marks } from './lock-files.ts'
import { gapAround } from './commits.ts'
import type { Take } from './take.ts'

/** Who waits meanwhile. */
type Stretch = 'before the lock' | 'writers wait' | 'the hypervisor'

/** A piece of a run: a section between two moments that were seen from outside, or a step within one that the log tells. */
export interface Part {
  readonly stretch: Stretch
  readonly section: string
  /** Null: the section as a whole. */
  readonly step: string | null
  /** Milliseconds. */
  readonly ms: number
}

export interface Run {
  readonly take: Take
  /** When pre-freeze-script printed its line. */
  readonly said: number
  readonly marks: Marks
  /** Those of the run's line in the log; they may lie side by side. */
  readonly steps: readonly Step[]
}

/**
 * The way of one run, in order. The sections in which writers wait add up to the added stall, unless the writer
 * had an even longer pause of its own meanwhile.
 */
export function pathOf({ take, said, marks, steps }: Run): readonly Part[] {
  const { freeze, thaw } = take
  const stall = gapAround(take.commits, freeze.end)
  const { preparation, underLock, atThaw } = sorted(steps)
  const ending = stall.to - marks.letGo
  return [
    ...section('before the lock', 'start, settings, ask', marks.asked - freeze.begin),
    ...section('before the lock', 'start of locktables', marks.begun - marks.asked),
    ...section('before the lock', 'preparation', stall.from - marks.begun, preparation),
    ...section('writers wait', 'lock to answer', marks.answered - stall.from, underLock),
    ...section('writers wait', 'hand-over', said - marks.answered),
    ...section('writers wait', 'process exit', freeze.end - said),
    ...section('the hypervisor', 'snapshot', thaw.begin - freeze.end),
    ...section('writers wait', 'thaw', marks.letGo - thaw.begin),
    ...section('writers wait', 'release', ending, [...atThaw, rest(ending, atThaw)]),
  ]
}

function section(stretch: Stretch, name: string, ms: number, steps: readonly Step[] = []): readonly Part[] {
  const whole = { stretch, section: name, step: null, ms }
  return [whole, ...steps.map((step) => ({ stretch, section: name, step: step.name, ms: step.ms }))]
}

/** Which step belongs where: `lock` is the first under the lock, `checks` the first at the thaw. */
function sorted(steps: readonly Step[]) {
  const lock = indexOf('lock')
  const checks = indexOf('checks')
  return {
    preparation: steps.slice(0, lock),
    underLock: steps.slice(lock, checks),
    atThaw: steps.slice(checks),
  }

  function indexOf(wanted: string): number {
    const index = steps.findIndex(({ name }) => name === wanted)
    if (index >= 0) return index
    throw new Error(`the log has no step '${wanted}', only ${steps.map(({ name }) => name).join(', ')}`)
  }
}

function rest(whole: number, steps: readonly Step[]): Step {
  return { name: 'wake-up, first commit', ms: steps.reduce((left, { ms }) => left - ms, whole) }
}
