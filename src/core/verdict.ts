import type { Coordinates } from './coordinates.ts'
import { formatCoordinates } from './coordinates.ts'
import { fieldsOf } from './fields.ts'
import type { Ending } from './hold.ts'

export type Consistent = 'yes' | 'no' | 'unknown'

/** Is the snapshot consistent, and what says so. */
export interface Verdict {
  readonly consistent: Consistent
  readonly checks: readonly Check[]
}

/** One piece of evidence: what was asked, the answer, and what was seen. */
export interface Check {
  readonly name: string
  readonly result: Consistent | 'not-applicable'
  readonly seen: string
}

const results: readonly unknown[] = ['yes', 'no', 'unknown', 'not-applicable'] satisfies Check['result'][]

/** A verdict that does not follow from its checks is none. */
export function isVerdict(value: unknown): value is Verdict {
  const { consistent, checks } = fieldsOf(value)
  return Array.isArray(checks) && checks.every(isCheck) && conclude(checks).consistent === consistent
}

function isCheck(value: unknown): value is Check {
  const { name, result, seen } = fieldsOf(value)
  return typeof name === 'string' && results.includes(result) && typeof seen === 'string'
}

/** What the locker sees before it unlocks. */
export interface Evidence {
  readonly ending: Ending
  readonly heldFor: string
  /** CONNECTION_ID() of the session that was granted the lock, and of the one that answers now. */
  readonly connection: { readonly atFreeze: number; readonly atThaw: number | null }
  readonly coordinates: {
    readonly atFreeze: Coordinates | null
    readonly atThaw: Coordinates | null | 'not-asked'
  }
  /** Does performance_schema.metadata_locks show the lock? */
  readonly lockSeen: boolean | 'cannot-tell' | 'not-asked'
}

/** *yes* when every check that this server can do says yes, *no* when one says no, else *unknown*. */
export function judge(evidence: Evidence): Verdict {
  return conclude([
    heldUntilLetGo(evidence),
    sameConnection(evidence),
    coordinatesUnmoved(evidence),
    lockSeen(evidence),
  ])
}

export function conclude(checks: readonly Check[]): Verdict {
  const said = checks.map(({ result }) => result)
  if (said.includes('no')) return { consistent: 'no', checks }
  return { consistent: said.includes('unknown') || !said.includes('yes') ? 'unknown' : 'yes', checks }
}

/** The first thing that speaks against the snapshot, for the one line. */
export function firstReason({ checks }: Verdict): string {
  const against =
    checks.find(({ result }) => result === 'no') ?? checks.find(({ result }) => result === 'unknown')
  return against?.seen ?? 'nothing speaks against it'
}

function heldUntilLetGo({ ending, heldFor }: Evidence): Check {
  const seen: Record<Ending, string> = {
    'let-go': `the lock was held for ${heldFor}, until it was let go`,
    expired: `the hold expired after ${heldFor}, before the snapshot was over`,
    stopped: `locktables was stopped after ${heldFor}, before the snapshot was over`,
    'leash-broken': 'pre-freeze-script died before the snapshot began',
    'connection-lost': `the connection that held the lock was lost within ${heldFor}`,
    failed: 'the lock was never there',
  }
  return { name: 'held until let go', result: ending === 'let-go' ? 'yes' : 'no', seen: seen[ending] }
}

function sameConnection({ connection: { atFreeze, atThaw } }: Evidence): Check {
  const name = 'same connection'
  if (atThaw === null)
    return { name, result: 'unknown', seen: `connection ${atFreeze} did not answer at the thaw` }
  if (atThaw !== atFreeze)
    return { name, result: 'no', seen: `connection ${atFreeze} took the lock, connection ${atThaw} answered` }
  return { name, result: 'yes', seen: `connection ${atFreeze} from lock to unlock, so no restart between` }
}

/** Commits are blocked under the lock: where the binary log moved, the lock was not there. */
function coordinatesUnmoved({ coordinates: { atFreeze, atThaw } }: Evidence): Check {
  const name = 'coordinates unmoved'
  if (atThaw === 'not-asked')
    return { name, result: 'unknown', seen: 'the coordinates could not be read at the thaw' }
  if (atFreeze === null && atThaw === null)
    return {
      name,
      result: 'not-applicable',
      seen: 'the binary log is off: the unbroken connection is the proof',
    }
  if (atFreeze?.file !== atThaw?.file || atFreeze?.position !== atThaw?.position)
    return {
      name,
      result: 'no',
      seen: `the binary log moved from ${formatCoordinates(atFreeze)} to ${formatCoordinates(atThaw)}`,
    }
  if (atFreeze?.gtid !== atThaw?.gtid)
    return { name, result: 'no', seen: `the GTID set moved from ${atFreeze?.gtid} to ${atThaw?.gtid}` }
  return { name, result: 'yes', seen: `${formatCoordinates(atFreeze)} at freeze and thaw` }
}

function lockSeen({ lockSeen: seen }: Evidence): Check {
  const name = 'lock seen by the server'
  if (seen === 'not-asked')
    return { name, result: 'unknown', seen: 'the server did not say whether it still has the lock' }
  if (seen === 'cannot-tell')
    return {
      name,
      result: 'not-applicable',
      seen: 'performance_schema.metadata_locks does not tell on this server',
    }
  if (!seen)
    return {
      name,
      result: 'no',
      seen: 'performance_schema.metadata_locks shows no global read lock of this session',
    }
  return { name, result: 'yes', seen: 'performance_schema.metadata_locks shows the global read lock' }
}
