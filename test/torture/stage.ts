import type { Image } from '../support/photograph/disk.ts'
import type { Lab } from '../support/lab.ts'
import type { Result } from '../support/scripts.ts'
import type { Ground } from './ground.ts'

/** One schedule while it is played: where, and what came of it so far. */
export interface Stage {
  readonly lab: Lab
  readonly ground: Ground
  readonly freezes: Freeze[]
  readonly thaws: Thaw[]
  /** When a server was not to be had through our own doing, in milliseconds of the machine's clock. */
  readonly troubles: Span[]
  /** What goes on beside the schedule, to be waited for at its end. */
  readonly going: Promise<unknown>[]
  readonly journal: string[]
  readonly note: (what: string) => void
}

export interface Span {
  readonly from: number
  readonly to: number
}

export interface Freeze {
  readonly began: number
  end?: Ended
  /** The writer's last row, as a reader saw it after the end. */
  copy?: number
  /** Of the disk, after the end. */
  photograph?: Photograph
}

export interface Thaw {
  readonly began: number
  end?: Ended
  /** The writer's last row, as a reader saw it just before the beginning. */
  readonly copy: number | undefined
  /** Of the disk, before the beginning. */
  readonly photograph?: Photograph | undefined
}

/** The image of the server's disk, and between which times it was copied. */
export interface Photograph extends Span {
  readonly image: Image
}

export type Ended = Result & { readonly at: number }
