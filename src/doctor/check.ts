/** What one look came to. `problem`: a freeze would fail, never be called, or not protect; `warning`: it is worth a thought. */
export type Result = 'ok' | 'warning' | 'problem' | 'not-applicable'

/** One thing that was looked at: what it is, what was seen with its values, and what to do about it. */
export interface Check {
  readonly name: string
  readonly result: Result
  readonly seen: string
  /** Null where there is nothing to do. */
  readonly advice: string | null
}

export function ok(name: string, seen: string): Check {
  return { name, result: 'ok', seen, advice: null }
}

export function warning(name: string, seen: string, advice: string): Check {
  return { name, result: 'warning', seen, advice }
}

export function problem(name: string, seen: string, advice: string): Check {
  return { name, result: 'problem', seen, advice }
}

/** Where there is nothing to judge; `advice` is what a person can look at instead. */
export function notApplicable(name: string, seen: string, advice: string | null = null): Check {
  return { name, result: 'not-applicable', seen, advice }
}

/** The worst of them. */
export function worst(checks: readonly Check[]): Exclude<Result, 'not-applicable'> {
  const results = checks.map(({ result }) => result)
  if (results.includes('problem')) return 'problem'
  return results.includes('warning') ? 'warning' : 'ok'
}
