import type { Invoker } from '../invoker.ts'
import type { Check } from '../verdict.ts'
import type { FileSystem } from './disk-evidence.ts'
import type { Standstill, WatchedDisk } from './standstill.ts'

/** Who called, and what was seen of the file systems of all servers between "frozen" and the unlock. */
export interface FreezeEvidence {
  /** Undefined where it is not known who called. */
  readonly invoker: Invoker | undefined
  /** Those that can be frozen; empty where the invoker freezes none. */
  readonly watched: readonly WatchedDisk[]
  /** Those that cannot: the invoker passes over them. */
  readonly passedOver: readonly Pick<FileSystem, 'name' | 'type'>[]
}

/** Where the invoker is one that freezes file systems: has it? What it has not frozen may be in the snapshot as of several moments. */
export function disksFrozen({ invoker, watched, passedOver }: FreezeEvidence): Check {
  const name = 'disks frozen'
  if (invoker?.freezes !== 'yes')
    return { name, result: 'not-applicable', seen: invoker?.why ?? 'it is not known who called' }
  if (watched.length === 0) return { name, result: 'not-applicable', seen: nothingToFreeze(passedOver) }
  const seen = watched.filter(({ stoodStill }) => stoodStill.length > 0).map(described)
  const unseen = watched.filter(({ stoodStill }) => stoodStill.length === 0)
  if (unseen.length === 0) return { name, result: 'yes', seen: `${invoker.name} froze ${seen.join(', ')}` }
  const others = seen.length === 0 ? '' : `; it froze ${seen.join(', ')}`
  return { name, result: 'unknown', seen: `${notFrozen(invoker.name, unseen)}${others}` }
}

function nothingToFreeze(passedOver: FreezeEvidence['passedOver']): string {
  if (passedOver.length === 0) return 'no file system of the servers is known'
  return `no agent can freeze ${passedOver.map(placeOf).join(', ')}`
}

function notFrozen(invoker: string, unseen: readonly WatchedDisk[]): string {
  const unwatched = unseen.filter(({ notWatched }) => notWatched !== null)
  if (unwatched.length < unseen.length) {
    const running = unseen.filter((disk) => !unwatched.includes(disk)).map(placeOf)
    return `${invoker} did not freeze the disks: ${running.join(', ')} could be written to all the time`
  }
  const why = unwatched.map((disk) => `${placeOf(disk)} could not be watched: ${disk.notWatched}`)
  return `whether ${invoker} froze the disks is not known: ${why.join(', ')}`
}

function described(disk: WatchedDisk): string {
  const { from, until } = longest(disk.stoodStill)
  return `${placeOf(disk)} ${until === null ? `from ${from} on` : `from ${from} to ${until}`}`
}

/** One that goes on is the longest. */
function longest(all: readonly Standstill[]): Standstill {
  const length = ({ from, until }: Standstill) =>
    until === null ? Number.POSITIVE_INFINITY : Date.parse(until) - Date.parse(from)
  return all.reduce((one, other) => (length(other) > length(one) ? other : one))
}

function placeOf({ name, type }: Pick<FileSystem, 'name' | 'type'>): string {
  return `${name} (${type})`
}
