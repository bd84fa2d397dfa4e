import type { Coordinates } from '../core/coordinates.ts'
import { formatDuration } from '../core/duration.ts'
import { Failure } from '../core/failure.ts'
import type { Stopwatch } from '../core/step.ts'
import type { Holder, Observer, OpenRecord } from '../core/world.ts'
import { flushed } from './flushed.ts'
import type { Held } from './hold.ts'
import { inTime } from './race.ts'

interface Proving {
  readonly held: Held
  readonly observer: Observer
  readonly holder: Holder
  readonly record: OpenRecord
  readonly watch: Stopwatch
}

/** Under the lock: everything on disk, the coordinates read and recorded. Side by side, bounded by flush-within as one. */
export async function prove({ held, observer, holder, record, watch }: Proving): Promise<Coordinates | null> {
  const { clock, run } = held
  const within = held.limits.flushWithin
  const late = () =>
    new Failure('flush-timeout', `flush, coordinates and record took longer than ${formatDuration(within)}`)
  const flush = watch.time('flush', () => flushed({ observer, clock, within }))
  const [coordinates] = await inTime(Promise.all([readAndRecord(), flush]), { clock, within, late })
  return coordinates

  async function readAndRecord(): Promise<Coordinates | null> {
    const { coordinates: seen } = await watch.time('coordinates', () => holder.read())
    const at = clock.today().toISOString()
    await watch.time('record', () => record.write({ run, at, server: observer.server, coordinates: seen }))
    return seen
  }
}
