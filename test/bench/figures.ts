import { summary, type Summary } from './statistics.ts'

const names = ['addedStall', 'synced', 'release', 'preFreeze', 'lockerMemory', 'emptyNode'] as const

/**
 * addedStall, synced (of it, the sync under the lock), release, preFreeze: milliseconds. lockerMemory, emptyNode (a
 * process of the same Node.js that does nothing): bytes.
 */
export type FigureName = (typeof names)[number]

/** What one task has measured. */
export type Measures = Readonly<Partial<Record<FigureName, number>>>

/** What all tasks of a subject have measured. */
export type Figures = Readonly<Partial<Record<FigureName, Summary>>>

export function figuresOf(measures: readonly Measures[]): Figures {
  const summaries = names.map((name) => [name, summary(measures.flatMap((one) => one[name] ?? []))] as const)
  return Object.fromEntries(summaries.filter(([, found]) => found !== undefined))
}
