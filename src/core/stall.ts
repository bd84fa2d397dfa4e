import { fieldsOf } from './fields.ts'

/** What a run's attempts to lock have cost the writers. */
export interface Stall {
  /** How many times the lock was asked for. */
  readonly attempts: number
  /** Milliseconds: the longest time from a question for the lock to the moment at which nothing was left of it. */
  readonly ms: number
}

export function isStall(value: unknown): value is Stall {
  const { attempts, ms } = fieldsOf(value)
  return Number.isInteger(attempts) && typeof ms === 'number'
}

/** Takes the time for which writers may be kept waiting. */
export interface StallWatch {
  /** The lock is asked for. */
  asked(): void
  /** It is gone, or was never there. */
  gone(): void
  /** By now. */
  stall(): Stall
}

export function stallWatch(now: () => number): StallWatch {
  let attempts = 0
  let longest = 0
  let since: number | null = null
  const longestByNow = () => Math.max(longest, since === null ? 0 : now() - since)
  return {
    asked() {
      attempts++
      since = now()
    },
    gone() {
      longest = longestByNow()
      since = null
    },
    stall: () => ({ attempts, ms: Math.round(longestByNow()) }),
  }
}
