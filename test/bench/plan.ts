import type { SubjectName } from './subject.ts'

/** One thing to do: freeze and thaw once, with the writer at work or without. */
export interface Task {
  readonly subject: SubjectName
  readonly load: 'writer' | 'idle'
}

export interface PlanRequest {
  readonly rounds: number
  readonly baselineRounds: number
  readonly only: readonly SubjectName[]
}

/** The baseline spends its seconds asleep, so a few rounds on an idle server tell as much as many. */
const idleBaselineRounds = 3

/** All subjects in every round, so that what else the machine does meanwhile meets them alike. */
export function roundsOf({ rounds, baselineRounds, only }: PlanRequest): readonly (readonly Task[])[] {
  const counts: readonly (Task & { readonly count: number })[] = [
    { subject: 'floor', load: 'writer', count: rounds },
    { subject: 'ours', load: 'writer', count: rounds },
    { subject: 'ours', load: 'idle', count: rounds },
    { subject: 'baseline', load: 'writer', count: baselineRounds },
    { subject: 'baseline', load: 'idle', count: Math.min(baselineRounds, idleBaselineRounds) },
  ]
  const wanted = counts.filter(({ subject }) => only.includes(subject))
  const longest = Math.max(...wanted.map(({ count }) => count))
  return Array.from({ length: longest }, (_, round) =>
    wanted.filter(({ count }) => round < count).map(({ subject, load }) => ({ subject, load })),
  )
}
