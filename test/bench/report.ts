import { type Figures, figuresOf } from './figures.ts'
import type { Measured } from './measure.ts'
import type { Part } from './path.ts'
import { summary, type Summary } from './statistics.ts'
import type { SubjectName } from './subject.ts'
import { type Target, targetsFor } from './targets.ts'

/** Where it was measured, for people. */
export interface Circumstances {
  /** ISO 8601. */
  readonly at: string
  readonly server: string
  readonly machine: string
}

/** A part of the path, over all rounds. */
export interface PathLine extends Omit<Part, 'ms'>, Summary {}

/** What bench.json holds. Times are milliseconds, memory is bytes. */
export interface Report extends Circumstances {
  readonly subjects: Readonly<Record<SubjectName, Figures>>
  readonly targets: readonly Target[]
  /** Ours, in order. */
  readonly path: readonly PathLine[]
}

export function reportOn(measured: readonly Measured[], circumstances: Circumstances): Report {
  const subjects = { ours: figures('ours'), floor: figures('floor'), baseline: figures('baseline') }
  const path = linesOf(measured.flatMap((one) => one.path))
  return { ...circumstances, subjects, targets: targetsFor(subjects), path }

  function figures(name: SubjectName): Figures {
    return figuresOf(measured.filter(({ subject }) => subject === name).map(({ measures }) => measures))
  }
}

/** In the order of the first round: steps that lie side by side may end in either. */
function linesOf(parts: readonly Part[]): readonly PathLine[] {
  const groups = new Map<string, Part[]>()
  for (const part of parts) {
    const key = JSON.stringify([part.stretch, part.section, part.step])
    groups.set(key, [...(groups.get(key) ?? []), part])
  }
  return [...groups.values()].map((group) => {
    const { ms: _, ...which } = group[0]!
    return { ...which, ...summary(group.map(({ ms }) => ms))! }
  })
}
