import { watch } from 'node:fs'
import { now } from './monotonic.ts'

/** When what happened to the lock files of a run, in milliseconds of CLOCK_MONOTONIC. */
export interface Marks {
  /** waitforlock was created: pre-freeze-script asks. */
  readonly asked: number
  /** hold.json appeared: locktables has begun. */
  readonly begun: number
  /** waitforlock was removed: locktables has answered. */
  readonly answered: number
  /** waitforsnapshot was removed: post-thaw-script has let go. */
  readonly letGo: number
}

/** A name in the directory came or went. */
interface Seen {
  readonly name: string
  readonly at: number
}

/** Looks on at one run from outside. */
export function watchLockFiles(directory: string): Disposable & { marks(): Marks } {
  const seen: Seen[] = []
  const watcher = watch(directory, (event, name) => {
    // `rename` is: created, removed, renamed to or from; a `change` of content marks nothing
    if (event === 'rename' && name !== null) seen.push({ name, at: now() })
  })
  return { marks: () => marksFrom(seen), [Symbol.dispose]: () => watcher.close() }
}

/** Throws where something is missing. */
export function marksFrom(seen: readonly Seen[]): Marks {
  const [asked, answered] = times('waitforlock')
  const [, letGo] = times('waitforsnapshot')
  const [begun] = times('hold.json')
  if (asked === undefined || begun === undefined || answered === undefined || letGo === undefined)
    throw new Error(`of a run was seen only ${seen.map(({ name }) => name).join(', ') || 'nothing'}`)
  return { asked, begun, answered, letGo }

  function times(wanted: string): number[] {
    return seen.filter(({ name }) => name === wanted).map(({ at }) => at)
  }
}
