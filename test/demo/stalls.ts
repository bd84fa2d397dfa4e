import { length, type Span, stallIn } from '../bench/commits.ts'

/** How long the writers stood still around one snapshot, in milliseconds. */
export interface Stalls {
  /** In the order of the writers. */
  readonly writers: readonly WriterStall[]
  /** The longest of them all. */
  readonly longest: number
  /** What the snapshot itself took, for which a hypervisor is to blame. */
  readonly snapshot: number
  /** The longest without what the snapshot took. */
  readonly added: number
}

interface WriterStall {
  /** The median of the time between two commits before. */
  readonly usual: number
  /** The longest time between two commits around the snapshot. */
  readonly longest: number
}

export interface StallRequest {
  /** When each row of each writer was acknowledged, rising. */
  readonly commits: readonly (readonly number[])[]
  /** From the start of the first step of the run to the end of the last. */
  readonly run: Span
  /** From "go ahead" to "it is over", in between. */
  readonly snapshot: Span
}

export function stallsIn({ commits, run, snapshot }: StallRequest): Stalls {
  const writers = commits.map((mine) => ({
    usual: usualGap(mine, run.from),
    longest: length(stallIn(mine, run)),
  }))
  const longest = Math.max(...writers.map((writer) => writer.longest))
  return { writers, longest, snapshot: length(snapshot), added: longest - length(snapshot) }
}

function usualGap(commits: readonly number[], before: number): number {
  const gaps = commits.slice(1).map((to, at) => ({ from: commits[at]!, to }))
  return median(gaps.filter(({ to }) => to <= before).map(length))
}

/** 0 of nothing. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
