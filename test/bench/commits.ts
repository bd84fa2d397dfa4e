/** A stretch of time, both ends in milliseconds of CLOCK_MONOTONIC. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The longest time between two commits that follow each other, of those that touch `around`; `commits` rise. */
export function stallIn(commits: readonly number[], around: Span): Span {
  const gaps = commits
    .slice(1)
    .map((to, before) => ({ from: commits[before]!, to }))
    .filter(({ from, to }) => from <= around.to && to >= around.from)
  assertSurrounded(commits, around)
  return gaps.reduce((longest, gap) => (length(gap) > length(longest) ? gap : longest))
}

/** The time between two commits in which a moment lies. */
export function gapAround(commits: readonly number[], moment: number): Span {
  const from = commits.findLast((commit) => commit <= moment)
  if (from === undefined) throw new Error('the writer committed nothing before the freeze')
  return { from, to: firstAfter(commits, moment) }
}

/** The first commit after a moment. */
export function firstAfter(commits: readonly number[], moment: number): number {
  const first = commits.find((commit) => commit > moment)
  if (first === undefined) throw new Error('the writer committed nothing after the thaw')
  return first
}

/** The longest time within a span without a commit, from its start and to its end as well. */
export function longestIn(commits: readonly number[], span: Span): number {
  const within = commits.filter((commit) => commit > span.from && commit < span.to)
  const points = [span.from, ...within, span.to]
  return Math.max(...points.slice(1).map((point, before) => point - points[before]!))
}

export function commitsIn(commits: readonly number[], { from, to }: Span): number {
  return commits.filter((commit) => commit > from && commit < to).length
}

export function length({ from, to }: Span): number {
  return to - from
}

/** How many commits there are in each bin of `width` milliseconds. */
export function commitsPerBin(
  commits: readonly number[],
  { from, to, width }: Span & { readonly width: number },
): readonly number[] {
  const counts = Array.from({ length: Math.ceil((to - from) / width) }, () => 0)
  for (const commit of commits) {
    const bin = Math.floor((commit - from) / width)
    if (bin in counts) counts[bin]!++
  }
  return counts
}

/** A gap that is cut off at one end is no measurement. */
function assertSurrounded(commits: readonly number[], { from, to }: Span): void {
  if (!((commits[0] ?? Infinity) <= from)) throw new Error('the writer committed nothing before the freeze')
  if (!((commits.at(-1) ?? -Infinity) >= to)) throw new Error('the writer committed nothing after the thaw')
}
