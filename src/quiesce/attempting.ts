import type { StallWatch } from '../core/stall.ts'
import type { Stopwatch } from '../core/step.ts'
import type { Clock, Log } from '../core/world.ts'
import type { ReadyDisks } from './ready-disks.ts'
import type { Limits } from './limits.ts'
import type { Member } from './member.ts'

/** What the attempts to lock have in hand. */
export interface Attempting {
  readonly members: readonly Member[]
  readonly disks: ReadyDisks
  readonly run: string
  readonly clock: Clock
  readonly log: Log
  readonly limits: Limits
  readonly signal: AbortSignal
  /** Of the clock: when the freeze as a whole has failed. */
  readonly deadline: number
  readonly watch: Stopwatch
  readonly stalls: StallWatch
  /** Says what we wait for now. */
  readonly waitFor: (what: string) => void
}
