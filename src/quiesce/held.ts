import type { Hold } from '../core/hold.ts'
import type { ProcessIdentity } from '../core/process.ts'
import type { StallWatch } from '../core/stall.ts'
import type { Stopwatch } from '../core/step.ts'
import type {
  Clock,
  Database,
  Disks,
  Handshake,
  Leash,
  Log,
  Recorder,
  ReplicaJournal,
} from '../core/world.ts'
import type { Limits } from './limits.ts'

/** What locktables holds with. */
export interface Holding {
  /** The set: one for each defaults-file. All are locked, or none. */
  readonly databases: readonly Database[]
  readonly handshake: Handshake
  readonly recorder: Recorder
  readonly disks: Disks
  readonly journal: ReplicaJournal
  readonly leash: Leash
  readonly clock: Clock
  readonly log: Log
  readonly self: ProcessIdentity
  /** The run that pre-freeze-script started us for; undefined when started by hand, on whoever's lock files. */
  readonly run: string | undefined
  /** A run id for lock files that name none. */
  readonly newRun: () => string
  readonly stop: AbortSignal
  readonly limits: Limits
}

/** What a hold has in hand while it lasts: the world, who asked, and hold.json. */
export interface Held extends Holding {
  readonly run: string
  /** The text of waitforsnapshot when we began. */
  readonly asked: string
  /** Aborted, with a `GiveUp`, by whatever ends the hold early. */
  readonly giveUp: AbortSignal
  /** Of the steps before the lock is held. */
  readonly watch: Stopwatch
  readonly stalls: StallWatch
  /** Writes hold.json anew with this change. */
  readonly publish: (change: Partial<Hold>) => void
}
