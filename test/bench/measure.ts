import { length } from './commits.ts'
import { emptyNodeMemory } from './empty-node.ts'
import type { Measures } from './figures.ts'
import type { Ours } from './ours.ts'
import type { Part } from './path.ts'
import type { Task } from './plan.ts'
import type { Subject, SubjectName } from './subject.ts'
import { addedStall, release, type Take, takeIdle, takeUnderLoad } from './take.ts'
import type { Writer } from './writer.ts'

export interface Measured {
  readonly subject: SubjectName
  readonly measures: Measures
  /** Ours alone, under load. */
  readonly path: readonly Part[]
}

/** What there is to measure, and the writer as the judge. */
export interface Lab {
  readonly subjects: Readonly<Record<SubjectName, Subject>> & { readonly ours: Ours }
  readonly writer: Writer
}

/** Does one task of the plan. Throws where it was no measurement: not locked, not consistent, a script that failed. */
export async function measure({ subject, load }: Task, lab: Lab): Promise<Measured> {
  if (load === 'writer') return { subject, ...(await underLoad(subject, lab)) }
  const measures = await idle(lab.subjects[subject])
  if (subject !== 'ours') return { subject, measures, path: [] }
  const emptyNode = await emptyNodeMemory(lab.subjects.ours.node())
  return { subject, measures: { ...measures, emptyNode }, path: [] }
}

async function idle(subject: Subject): Promise<Measures> {
  const { freeze, lockerMemory } = await takeIdle(subject)
  return { preFreeze: length({ from: freeze.begin, to: freeze.end }), lockerMemory }
}

async function underLoad(name: SubjectName, { subjects, writer }: Lab): Promise<Omit<Measured, 'subject'>> {
  using looking = name === 'ours' ? subjects.ours.lookOn() : undefined
  const take = await takeUnderLoad({ subject: subjects[name], writer })
  return {
    measures: { addedStall: addedStall(take), release: release(take), ...syncedIn(take) },
    path: looking?.pathOf(take) ?? [],
  }
}

function syncedIn({ freeze: { synced } }: Take): Measures {
  return synced === undefined ? {} : { synced }
}
