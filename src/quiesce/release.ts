import type { Coordinates } from '../core/coordinates.ts'
import { formatSeconds } from '../core/duration.ts'
import { asFailure, Failure } from '../core/failure.ts'
import type { Ended, Ending } from '../core/hold.ts'
import { stopwatch } from '../core/step.ts'
import { type Evidence, judge } from '../core/verdict.ts'
import type { Holder, Observer } from '../core/world.ts'
import type { Held } from './hold.ts'
import { inTime } from './race.ts'

interface Releasing {
  readonly held: Held
  readonly observer: Observer
  readonly holder: Holder
  readonly coordinates: Coordinates | null
  readonly ending: Ending
  readonly lockedAt: number
}

/** How long the last questions, and then UNLOCK TABLES, may take, in milliseconds: writers wait meanwhile. */
const answerWithin = 1000

/** The checks of the verdict, then UNLOCK TABLES: the checks mean something only while the lock is there. */
export async function release({
  held,
  observer,
  holder,
  coordinates,
  ending,
  lockedAt,
}: Releasing): Promise<Ended> {
  const { clock } = held
  const watch = stopwatch(() => clock.now())
  const [reading, lockSeen] = await watch.time('checks', () =>
    Promise.all([answer(held, holder.read()), answer(held, observer.lockSeen(holder.connection))]),
  )
  await watch.time('unlock', () => answer(held, holder.unlock()))
  const heldFor = Math.round(clock.now() - lockedAt)

  const evidence: Evidence = {
    ending,
    heldFor: formatSeconds(heldFor),
    connection: { atFreeze: holder.connection, atThaw: reading?.connection ?? null },
    coordinates: { atFreeze: coordinates, atThaw: reading ? reading.coordinates : 'not-asked' },
    lockSeen: lockSeen ?? 'not-asked',
  }
  const at = clock.today().toISOString()
  return { at, ending, heldFor, verdict: judge(evidence), failure: null, steps: watch.steps() }
}

/** The answer; undefined, and a line in the log, where none comes: the lock goes all the same, with its connection. */
async function answer<T>({ clock, log, run }: Held, question: Promise<T>): Promise<T | undefined> {
  const late = () => new Failure('connection-lost', `no answer within ${answerWithin} ms`)
  try {
    return await inTime(question, { clock, within: answerWithin, late })
  } catch (error) {
    const { message } = asFailure(error)
    log.warn({ run, err: error }, `before unlocking: ${message}`)
    return undefined
  }
}
