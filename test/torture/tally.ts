import type { Played } from './play.ts'

/** What came of all schedules together. */
export interface Tally {
  readonly schedules: number
  readonly freezes: number
  readonly consistent: number
  readonly faults: number
  /** How often each fault was done, the most frequent first. */
  readonly faultsByName: readonly (readonly [string, number])[]
  /** Milliseconds. */
  readonly worstStall: number
  readonly falseVerdicts: number
  readonly leakedLocks: number
  readonly otherComplaints: number
  readonly problems: number
  /** Of the schedules with a problem. */
  readonly failedSeeds: readonly number[]
}

export function tallyOf(played: readonly Played[]): Tally {
  const faults = played.flatMap((one) => one.faults)
  const [falseVerdicts, leakedLocks, otherComplaints] = [
    sum(played, (one) => one.falseVerdicts.length),
    sum(played, (one) => one.leakedLocks.length),
    sum(played, (one) => one.complaints.length),
  ]
  return {
    schedules: played.length,
    freezes: sum(played, (one) => one.freezes),
    consistent: sum(played, (one) => one.consistent),
    faults: faults.length,
    faultsByName: countsOf(faults),
    worstStall: Math.max(0, ...played.map((one) => one.worstStall)),
    falseVerdicts,
    leakedLocks,
    otherComplaints,
    problems: falseVerdicts + leakedLocks + otherComplaints,
    failedSeeds: played.filter(isFailed).map(({ seed }) => seed),
  }
}

export function reportOf(tally: Tally, { server, seed }: { readonly server: string; readonly seed: number }) {
  return [
    `${server}, seeds ${seed} to ${seed + tally.schedules - 1}`,
    `schedules          ${tally.schedules} (${tally.freezes} freezes, ${tally.consistent} thaws said "consistent")`,
    `faults survived    ${tally.faults}`,
    ...tally.faultsByName.map(([name, count]) => `  ${String(count).padStart(5)}  ${name}`),
    `worst stall        ${Math.round(tally.worstStall)} ms`,
    `false verdicts     ${tally.falseVerdicts}`,
    `leaked locks       ${tally.leakedLocks}`,
    `other complaints   ${tally.otherComplaints}`,
    ...(tally.failedSeeds.length > 0 ? [`failed seeds       ${tally.failedSeeds.join(' ')}`] : []),
  ].join('\n')
}

function isFailed({ falseVerdicts, leakedLocks, complaints }: Played): boolean {
  return falseVerdicts.length + leakedLocks.length + complaints.length > 0
}

function sum(played: readonly Played[], of: (one: Played) => number): number {
  return played.reduce((total, one) => total + of(one), 0)
}

function countsOf(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].toSorted(([, a], [, b]) => b - a)
}
