import { formatCoordinates } from '../core/coordinates.ts'
import { Failure } from '../core/failure.ts'
import type { Ended, Ending } from '../core/hold.ts'
import { lockPlanFor } from '../core/lock-plan.ts'
import { stopwatch } from '../core/step.ts'
import type { Holder, Observer } from '../core/world.ts'
import { GiveUp } from './give-up.ts'
import type { Held } from './hold.ts'
import { lock } from './lock.ts'
import { prove } from './prove.ts'
import { unlessAborted } from './race.ts'
import { release } from './release.ts'

/** From the first connection to UNLOCK TABLES. Throws where the lock never was, or could not be proved. */
export async function underLock(held: Held): Promise<Ended> {
  const { database, recorder, handshake, clock, log, limits, giveUp, publish } = held
  const deadline = clock.now() + limits.freezeWithin - lastWords(limits)
  const watch = stopwatch(() => clock.now())
  const waitFor = (doing: string) => publish({ doing })

  await using observer = await watch.time('connect', () => unlessAborted(database.observe(), giveUp))
  const plan = lockPlanFor(observer.server)
  await watch.time('rehearse', () => unlessAborted(rehearse(observer), giveUp))
  await using record = await watch.time('open the record', () => recorder.open())
  const attempting = { ...held, observer, plan, deadline, signal: giveUp, watch, waitFor }
  const { holder: granted, attempts, lockedAt } = await lock(attempting)
  await using holder = granted

  const holdUntil = lockedAt + limits.holdAtMost
  const within = Math.min(limits.flushWithin, holdUntil - clock.now())
  const proof = prove({ held, observer, holder, record, watch, within })
  const coordinates = await unlessLost(proof, holder, giveUp)
  const { server } = observer
  const { connection } = holder
  const at = clock.today().toISOString()
  publish({
    frozen: { at, server, lock: plan.lock, attempts, connection, coordinates, steps: watch.steps() },
  })
  handshake.answer()
  log.info({ run: held.run, coordinates, attempts }, `frozen at ${formatCoordinates(coordinates)}`)

  const ending = await endingOf(holder, { clock, giveUp, holdUntil })
  return await release({ held, observer, holder, coordinates, ending, lockedAt })
}

/** Milliseconds at the end of freeze-within for saying why, before pre-freeze-script gives up: it began earlier. */
function lastWords({ freezeWithin }: Held['limits']): number {
  return Math.min(Math.max(freezeWithin / 10, 1000), freezeWithin / 2)
}

/** What needs a privilege, or is slow the first time, is done before the lock: writers do not wait for it. */
async function rehearse(observer: Observer): Promise<void> {
  await observer.mayWatchOthers()
  await observer.flushLogs()
  await observer.flushStatus()
  await observer.lockSeen(0)
}

/** A lock that is lost while it is being proved was not there for all of the proof. */
async function unlessLost<T>(
  proof: Promise<T>,
  { lost, connection }: Holder,
  giveUp: AbortSignal,
): Promise<T> {
  try {
    return await unlessAborted(proof, AbortSignal.any([giveUp, lost]))
  } catch (cause) {
    if (!lost.aborted) throw cause
    throw new Failure('connection-lost', `connection ${connection} was lost, and the lock with it`, { cause })
  }
}

/** Holds until somebody lets go, something breaks, or hold-at-most is over. */
async function endingOf(
  { lost }: Holder,
  { clock, giveUp, holdUntil }: Pick<Held, 'clock' | 'giveUp'> & { readonly holdUntil: number },
): Promise<Ending> {
  await clock.sleep(holdUntil - clock.now(), AbortSignal.any([giveUp, lost]))
  if (lost.aborted) return 'connection-lost'
  return giveUp.reason instanceof GiveUp ? giveUp.reason.why : 'expired'
}
