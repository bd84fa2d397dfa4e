import { fieldsOf } from '../fields.ts'

/** A time for which writes to a file system waited, ISO 8601; `until` is null while they still do. */
export interface Standstill {
  readonly from: string
  readonly until: string | null
}

/** What was seen of one file system from before the lock until after the unlock. */
export interface WatchedDisk {
  /** Its mount point, as the server sees it. */
  readonly name: string
  readonly type: string
  /** The last ones, the oldest first. */
  readonly stoodStill: readonly Standstill[]
  /** Why it could not be watched; null where it was. */
  readonly notWatched: string | null
}

export function isWatchedDisk(value: unknown): value is WatchedDisk {
  const { name, type, stoodStill, notWatched } = fieldsOf(value)
  return (
    typeof name === 'string' &&
    typeof type === 'string' &&
    Array.isArray(stoodStill) &&
    stoodStill.every(isStandstill) &&
    (notWatched === null || typeof notWatched === 'string')
  )
}

function isStandstill(value: unknown): value is Standstill {
  const { from, until } = fieldsOf(value)
  return typeof from === 'string' && (until === null || typeof until === 'string')
}
