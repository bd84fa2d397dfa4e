import { formatMilliseconds } from '../duration.ts'
import { fieldsOf } from '../fields.ts'
import type { Check } from '../verdict.ts'

/** A file system that has files of a server, or the record. */
export interface FileSystem {
  /** st_dev: no two file systems share it. */
  readonly device: number
  /** A folder on it, as this process reaches it: below /proc/PID/root where the server has mounts of its own. */
  readonly path: string
  /** Its mount point, as the server sees it. */
  readonly name: string
  /** `ext4`, `xfs`, `tmpfs`. */
  readonly type: string
}

/** One file system that was synced, and for how long, in milliseconds. */
export interface Synced {
  readonly name: string
  readonly type: string
  readonly ms: number
}

/** What is known of whether all of a server is on disk. */
export interface DiskEvidence {
  /** Under the lock, after everything had been written. */
  readonly synced: readonly Synced[]
  /** Milliseconds of the sync before the lock; null where it was not over in time, or could not be. */
  readonly before: number | null
  /** Why it is not known that all of it is on disk, and so in a snapshot of it; empty where it is known. */
  readonly doubts: readonly string[]
}

export function isDiskEvidence(value: unknown): value is DiskEvidence {
  const { synced, before, doubts } = fieldsOf(value)
  return (
    Array.isArray(synced) &&
    synced.every(isSynced) &&
    (before === null || typeof before === 'number') &&
    Array.isArray(doubts) &&
    doubts.every((doubt) => typeof doubt === 'string')
  )
}

function isSynced(value: unknown): value is Synced {
  const { name, type, ms } = fieldsOf(value)
  return typeof name === 'string' && typeof type === 'string' && typeof ms === 'number'
}

/** The lock keeps new writes out; what was written before it is in the snapshot only when it is on disk. */
export function onDisk({ synced, before, doubts }: DiskEvidence): Check {
  const name = 'on disk'
  if (doubts.length > 0) return { name, result: 'unknown', seen: doubts.join('; ') }
  if (synced.length === 0) return { name, result: 'unknown', seen: 'no file system was synced' }
  const each = synced.map((one) => `${one.name} (${one.type}) in ${formatMilliseconds(one.ms)}`)
  const first =
    before === null
      ? 'the sync before the lock was not over in time'
      : `before the lock in ${formatMilliseconds(before)}`
  return { name, result: 'yes', seen: `synced under the lock: ${each.join(', ')}; ${first}` }
}
