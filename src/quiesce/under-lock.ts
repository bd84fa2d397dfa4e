import { formatFrozen } from '../core/coordinates.ts'
import { Failure } from '../core/failure.ts'
import type { Findings } from '../core/findings.ts'
import type { Ended, Frozen } from '../core/hold.ts'
import { chooseLock, type LockPlan } from '../core/lock-choice.ts'
import { stopwatch } from '../core/step.ts'
import type { Holder, Observer } from '../core/world.ts'
import type { Held } from './hold.ts'
import { lock } from './lock.ts'
import { prove } from './prove.ts'
import { unlessAborted } from './race.ts'
import { release } from './release.ts'
import { untilItEnds } from './until-it-ends.ts'

/** From the first connection to the release of the lock. Throws where the lock never was, or could not be proved. */
export async function underLock(held: Held): Promise<Ended> {
  const { database, recorder, handshake, clock, log, limits, giveUp, publish } = held
  const deadline = clock.now() + limits.freezeWithin - lastWords(limits)
  const watch = stopwatch(() => clock.now())
  const waitFor = (doing: string) => publish({ doing })

  await using observer = await watch.time('connect', () => unlessAborted(database.observe(), giveUp))
  const { server } = observer
  const findings = await watch.time('rehearse', () => unlessAborted(rehearse(observer), giveUp))
  const plan = chooseLock(limits.lock, { server, findings })
  log.info({ run: held.run, findings }, `the lock is ${plan.lock}: ${plan.why}`)
  await using record = await watch.time('open the record', () => recorder.open())
  const attempting = { ...held, observer, findings, plan, deadline, signal: giveUp, watch, waitFor }
  const { holder: granted, attempts, lockedAt } = await lock(attempting)
  await using holder = granted

  const holdUntil = lockedAt + limits.holdAtMost
  const within = Math.min(limits.flushWithin, holdUntil - clock.now())
  const proving = prove({ held, observer, holder, plan, record, watch, within })
  const proof = await unlessLost(proving, holder, giveUp)
  const at = clock.today().toISOString()
  const { connection } = holder
  const frozen: Frozen = { at, server, ...toldOf(plan), attempts, connection, ...proof, steps: watch.steps() }
  publish({ frozen })
  handshake.answer()
  log.info({ run: held.run, ...proof, attempts }, `frozen at ${formatFrozen(frozen)}`)

  const end = await untilItEnds({ held, observer, holder, findings, holdUntil })
  return await release({ held, observer, holder, findings, plan, frozen, end, lockedAt })
}

/** Milliseconds at the end of freeze-within for saying why, before pre-freeze-script gives up: it began earlier. */
function lastWords({ freezeWithin }: Held['limits']): number {
  return Math.min(Math.max(freezeWithin / 10, 1000), freezeWithin / 2)
}

/** What needs a privilege, or is slow the first time, is done before the lock: writers do not wait for it. */
async function rehearse(observer: Observer): Promise<Findings> {
  await observer.mayWatchOthers()
  await observer.flushLogs()
  await observer.flushStatus()
  return await observer.findings()
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

function toldOf({
  lock: name,
  take,
  why,
  coordinates: coordinatesAre,
}: LockPlan): Pick<Frozen, 'lock' | 'statements' | 'why' | 'coordinatesAre'> {
  return { lock: name, statements: take.map(({ say }) => say), why, coordinatesAre }
}
