import type { Coordinates } from '../core/coordinates.ts'
import { formatDuration } from '../core/duration.ts'
import { Failure } from '../core/failure.ts'
import type { FlushProof } from '../core/flush.ts'
import type { Stopwatch } from '../core/step.ts'
import type { OpenRecord } from '../core/world.ts'
import { placed } from '../core/server.ts'
import { flushed } from './flushed.ts'
import type { Held } from './hold.ts'
import { at, type LockedMember } from './member.ts'
import { inTime } from './race.ts'

interface Proving {
  readonly held: Held
  readonly locked: readonly LockedMember[]
  readonly record: OpenRecord
  readonly watch: Stopwatch
  /** Milliseconds for all of it. */
  readonly within: number
}

/** What was seen of one server under its lock. */
export interface Proof {
  readonly coordinates: Coordinates | null
  readonly flushed: FlushProof
}

/** Under the locks: everything on disk, the coordinates read and recorded, side by side. Throws `flush-timeout`. */
export async function prove({ held, locked, record, watch, within }: Proving): Promise<readonly Proof[]> {
  const { clock, run } = held
  const missing = new Map([
    ['flush', 'the flush'],
    ['coordinates', 'the coordinates'],
    ['record', 'the record'],
  ])
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const result = await watch.time(name, work)
    missing.delete(name)
    return result
  }
  const readAndRecord = async () => {
    const read = ({ holder, name }: LockedMember) => at(name, () => holder.read())
    const readings = await step('coordinates', () => Promise.all(locked.map(read)))
    const servers = locked.map(({ observer: { where, server }, plan }, index) => {
      const { coordinates } = readings[index]!
      return { where, server, lock: plan.lock, coordinates, coordinatesAre: plan.coordinates }
    })
    await step('record', () => record.write({ run, at: clock.today().toISOString(), servers }))
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

  const both = Promise.all([readAndRecord(), step('flush', () => Promise.all(locked.map(flush)))])
  const [readings, flushes] = await inTime(both, { clock, within, late })
  return readings.map(({ coordinates }, index) => ({ coordinates, flushed: flushes[index]! }))
}
