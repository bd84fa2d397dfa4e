import { gapAround, length, longestIn } from '../commits.ts'
import type { Take } from '../take.ts'

export interface Pauses {
  /** The gap between two commits in which the snapshot lies, without the snapshot itself, in milliseconds. */
  readonly stall: number
  /**
   * The longest gap from the start of the freeze to that one, in milliseconds: nothing is locked yet, but commits
   * wait for their turn at the disk while it is synced.
   */
  readonly before: number
}

export function pausesOf({ freeze, thaw, commits }: Take): Pauses {
  const around = gapAround(commits, freeze.end)
  return {
    stall: length(around) - (thaw.begin - freeze.end),
    before: longestIn(commits, { from: freeze.begin, to: Math.max(freeze.begin, around.from) }),
  }
}
