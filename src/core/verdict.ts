import { fieldsOf } from './fields.ts'
import { placed } from './server.ts'

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
  /** Which server of the set; absent where it is about all of them, or there is one alone. */
  readonly server?: string
}

const results: readonly unknown[] = ['yes', 'no', 'unknown', 'not-applicable'] satisfies Check['result'][]

/** A verdict that does not follow from its checks is none. */
export function isVerdict(value: unknown): value is Verdict {
  const { consistent, checks } = fieldsOf(value)
  return Array.isArray(checks) && checks.every(isCheck) && conclude(checks).consistent === consistent
}

function isCheck(value: unknown): value is Check {
  const { name, result, seen, server = '' } = fieldsOf(value)
  const texts = [name, seen, server]
  return texts.every((text) => typeof text === 'string') && results.includes(result)
}

/** *yes* when every check that this server can do says yes, *no* when one says no, else *unknown*. */
export function conclude(checks: readonly Check[]): Verdict {
  const said = checks.map(({ result }) => result)
  if (said.includes('no')) return { consistent: 'no', checks }
  return { consistent: said.includes('unknown') || !said.includes('yes') ? 'unknown' : 'yes', checks }
}

/** The first thing that speaks against the snapshot, for the one line. */
export function firstReason({ checks }: Verdict): string {
  const against =
    checks.find(({ result }) => result === 'no') ?? checks.find(({ result }) => result === 'unknown')
  return against ? placed(against.server ?? '', against.seen) : 'nothing speaks against it'
}
