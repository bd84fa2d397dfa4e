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
  /** Milliseconds for all of it. */
  readonly within: number
}

export interface Proof {
  readonly coordinates: Coordinates | null
  readonly flushed: FlushProof
}

/** Under the lock: everything on disk, the coordinates read and recorded, side by side. Throws `flush-timeout`. */
export async function prove({
  held,
  observer,
  holder,
  plan,
  record,
  watch,
  within,
}: Proving): Promise<Proof> {
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
  const readAndRecord = async (): Promise<Coordinates | null> => {
    const { coordinates } = await step('coordinates', () => holder.read())
    const at = clock.today().toISOString()
    const { lock, coordinates: coordinatesAre } = plan
    const { server } = observer
    await step('record', () => record.write({ run, at, server, lock, coordinates, coordinatesAre }))
    return coordinates
  }
  const notYet = (what: string) => missing.set('flush', `the flush (${what})`)
  const late = () => {
    const what = [...missing.values()].join(', ')
    return new Failure('flush-timeout', `not there after ${formatDuration(Math.round(within))}: ${what}`)
  }

  const flush = step('flush', () => flushed({ observer, clock, notYet }))
  const both = Promise.all([readAndRecord(), flush])
  const [coordinates, proof] = await inTime(both, { clock, within, late })
  return { coordinates, flushed: proof }
}
