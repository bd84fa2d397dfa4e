import type { Coordinates } from '../core/coordinates.ts'
import { formatDuration } from '../core/duration.ts'
import { Failure } from '../core/failure.ts'
import type { FlushProof } from '../core/flush.ts'
import type { LockPlan } from '../core/lock-choice.ts'
import type { Stopwatch } from '../core/step.ts'
import type { Holder, Observer, OpenRecord } from '../core/world.ts'
import { flushed } from './flushed.ts'
import type { Held } from './hold.ts'
import { inTime } from './race.ts'

interface Proving {
  readonly held: Held
  readonly observer: Observer
  readonly holder: Holder
  readonly plan: LockPlan
  readonly record: OpenRecord
  readonly watch: Stopwatch
}

export interface Proof {
  readonly coordinates: Coordinates | null
  readonly flushed: FlushProof
}

/** Under the lock: everything on disk, the coordinates read and recorded. Side by side, bounded by flush-within as one. */
export async function prove({ held, observer, holder, plan, record, watch }: Proving): Promise<Proof> {
  const { clock, run } = held
  const within = held.limits.flushWithin
  const late = () =>
    new Failure('flush-timeout', `flush, coordinates and record took longer than ${formatDuration(within)}`)
  const flush = watch.time('flush', () => flushed({ observer, clock, within }))
  const both = Promise.all([readAndRecord(), flush])
  const [coordinates, proof] = await inTime(both, { clock, within, late })
  return { coordinates, flushed: proof }

  async function readAndRecord(): Promise<Coordinates | null> {
    const { coordinates } = await watch.time('coordinates', () => holder.read())
    const at = clock.today().toISOString()
    const { lock, coordinates: coordinatesAre } = plan
    const { server } = observer
    await watch.time('record', () => record.write({ run, at, server, lock, coordinates, coordinatesAre }))
    return coordinates
  }
}
