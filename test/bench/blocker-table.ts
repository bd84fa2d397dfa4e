import type { LockName } from '../../src/core/lock-table.ts'
import type { ServerName } from '../servers/catalog.ts'
import type { BlockerName } from '../support/blockers.ts'
import { type Grid, number } from './grid.ts'

/** What others saw of one freeze beside one blocker; times in milliseconds. */
export interface BlockerMeasured {
  readonly server: ServerName
  readonly lock: LockName
  readonly blocker: BlockerName
  /** How the freeze came out, and at once thawed again where it was frozen. */
  readonly outcome: 'frozen' | 'refused'
  /** From the start of the freeze to its end, and for one that was frozen to the end of the thaw. */
  readonly took: number
  /** The longest time between two commits, and between two reads, elsewhere on the server. */
  readonly writers: number
  readonly readers: number
}

/** lock-wait of the measured freezes, and what the project wants to stay under, in milliseconds. */
export const lockWait = 1000
export const limit = lockWait + 500

/** A freeze that was frozen also has its hold in the stall: there the limit is on what is more than that. */
export function isTooLong({ outcome, took, writers, readers }: BlockerMeasured): boolean {
  const allowed = outcome === 'frozen' ? Math.max(limit, took + 500) : limit
  return Math.max(writers, readers) > allowed
}

export function blockerGrid(measured: readonly BlockerMeasured[]): Grid {
  const head = ['server', 'lock', 'beside', 'freeze', 'took', 'writers stalled', 'readers stalled', '']
  const rows = measured.map((one) => [
    one.server,
    one.lock,
    one.blocker,
    one.outcome,
    number(one.took),
    number(one.writers),
    number(one.readers),
    isTooLong(one) ? 'TOO LONG' : 'ok',
  ])
  const title = `the longest stall elsewhere, ms; lock-wait is ${lockWait} ms, and no attempt may stall for more than ${limit} ms`
  const sides = ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'left'] as const
  return { title, rows: [head, ...rows], sides }
}
