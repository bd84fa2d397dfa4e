import { summary, type Summary } from './statistics.ts'

/** addedStall, release, preFreeze: milliseconds. lockerMemory: bytes. */
export type FigureName = 'addedStall' | 'release' | 'preFreeze' | 'lockerMemory'

/** What one task has measured. */
export type Measures = Readonly<Partial<Record<FigureName, number>>>

/** What all tasks of a subject have measured. */
export type Figures = Readonly<Partial<Record<FigureName, Summary>>>

const names: readonly FigureName[] = ['addedStall', 'release', 'preFreeze', 'lockerMemory']

export function figuresOf(measures: readonly Measures[]): Figures {
  const summaries = names.map((name) => [name, summary(measures.flatMap((one) => one[name] ?? []))] as const)
  return Object.fromEntries(summaries.filter(([, found]) => found !== undefined))
}
