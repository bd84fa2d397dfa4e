import type { Scene } from '../support/guest.ts'
import type { Settings } from '../support/lab.ts'
import type { Script } from '../support/scripts.ts'
import type { Phase, Reached } from './phases.ts'

/** A scene, and what a fault needs of its server. */
export interface Place extends Scene {
  readonly restart: () => Promise<void>
}

export interface Fault {
  readonly settings?: Settings
  /** Before the run begins; disposed of once nobody of it is left. */
  readonly prepare?: (place: Place) => Promise<AsyncDisposable> | AsyncDisposable | Disposable
  /** Does it. What it gives is the thaw of this run. */
  readonly inject: (place: Place, reached: Reached, phase: Phase) => Promise<Script | undefined | void>
  /** The run goes on although the freeze fails in the end. */
  readonly goesOn?: boolean
  /** What the fault took away comes back. */
  readonly heal?: {
    readonly when: 'the hold has ended' | 'the freeze has ended' | 'the thaw has ended'
    readonly how: (place: Place) => Promise<void>
  }
  /** What has to be so besides, once all is over. */
  readonly check?: (place: Place) => Promise<void>
}
