import type { Coordinates } from '../core/coordinates.ts'
import type { EnginesProof } from '../core/disk/engines.ts'
import type { DiskEvidence } from '../core/disk/disk-evidence.ts'
import { formatDuration } from '../core/duration.ts'
import { Failure } from '../core/failure.ts'
import type { FlushProof } from '../core/flush.ts'
import type { Replication } from '../core/replica.ts'
import type { Stopwatch } from '../core/step.ts'
import type { OpenRecord } from '../core/world.ts'
import { placed } from '../core/server.ts'
import { flushed } from './flushed.ts'
import type { Held } from './held.ts'
import { at, type LockedMember } from './member.ts'
import { ownLogs } from './own-log.ts'
import { inTime } from './race.ts'
import type { ReadyDisks } from './ready-disks.ts'
import { replicationOf } from './replication.ts'

interface Proving {
  readonly held: Held
  readonly locked: readonly LockedMember[]
  readonly record: OpenRecord
  readonly disks: ReadyDisks
  readonly watch: Stopwatch
  /** Milliseconds for all of it. */
  readonly within: number
}

/** What was seen of one server under its lock. */
export interface Proof {
  readonly coordinates: Coordinates | null
  readonly replica: Replication
  readonly flushed: FlushProof
  readonly engines: EnginesProof
  readonly disk: DiskEvidence
}

/** How long a replica may take to say how far it is, in milliseconds: it may wait for our lock, and writers wait meanwhile. */
const replicationWithin = 1000

/**
 * Under the locks: everything written, the coordinates read and recorded, side by side; then all of it synced. Throws `flush-timeout`.
 */
export async function prove({
  held,
  locked,
  record,
  disks,
  watch,
  within,
}: Proving): Promise<readonly Proof[]> {
  const { clock, run } = held
  const lockedAt = clock.today().toISOString()
  const askFor = Math.min(replicationWithin, within / 2)
  const missing = new Map([
    ['flush', 'the flush'],
    ['coordinates', 'the coordinates'],
    ['record', 'the record'],
    ['sync', 'the sync'],
  ])
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const result = await watch.time(name, work)
    missing.delete(name)
    return result
  }
  const readAndRecord = async () => {
    const read = async (member: LockedMember) => {
      const reading = at(member.name, () => member.holder.read())
      const [{ coordinates }, replica] = await Promise.all([reading, replicationOf(member, held, askFor)])
      return { coordinates, replica }
    }
    const readings = await step('coordinates', () => Promise.all(locked.map(read)))
    const servers = locked.map(({ observer: { where, server }, plan }, index) => {
      return { where, server, lock: plan.lock, coordinatesAre: plan.coordinates, ...readings[index]! }
    })
    await step('record', () => record.write({ run, lockedAt, at: clock.today().toISOString(), servers }))
    return readings
  }
  const flush = ({ observer, name }: LockedMember) => {
    const notYet = (what: string) => missing.set('flush', `the flush (${placed(name, what)})`)
    return at(name, () => flushed({ observer, clock, notYet }))
  }
  const late = () => {
    const what = [...missing.values()].join(', ')
    return new Failure('flush-timeout', `not there after ${formatDuration(Math.round(within))}: ${what}`)
  }

  const all = async () => {
    const [readings, flushes, logs] = await Promise.all([
      readAndRecord(),
      step('flush', () => Promise.all(locked.map(flush))),
      ownLogs({ locked, watch, clock, within }),
    ])
    const synced = await step('sync', () => disks.syncUnderLock(record))
    const evidence = locked.map((member, index) => synced.evidenceOf(member, readings[index]!.coordinates))
    const disk = await Promise.all(evidence)
    return locked.map(({ engines: inUse }, index) => ({
      ...readings[index]!,
      flushed: flushes[index]!,
      engines: { inUse, ownLog: logs[index] ?? null },
      disk: disk[index]!,
    }))
  }
  return await inTime(all(), { clock, within, late })
}
