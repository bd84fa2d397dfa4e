export type Consistent = 'yes' | 'no' | 'unknown'

/** Is the snapshot consistent, and what says so. */
export interface Verdict {
  readonly consistent: Consistent
  readonly checks: readonly Check[]
}

/** One piece of evidence: what was asked, the answer, and what was seen. `not-applicable`: this server cannot be asked. */
export interface Check {
  readonly name: string
  readonly result: Consistent | 'not-applicable'
  readonly seen: string
}

/** *yes* when every check that this server can do says yes, *no* when one says no, else *unknown*. */
export function conclude(checks: readonly Check[]): Verdict {
  const results = checks.map(({ result }) => result)
  if (results.includes('no')) return { consistent: 'no', checks }
  return { consistent: results.includes('unknown') || !results.includes('yes') ? 'unknown' : 'yes', checks }
}

/** The first thing that speaks against the snapshot, for the one line. */
export function firstReason({ checks }: Verdict): string {
  const against =
    checks.find(({ result }) => result === 'no') ?? checks.find(({ result }) => result === 'unknown')
  return against?.seen ?? 'nothing speaks against it'
}
