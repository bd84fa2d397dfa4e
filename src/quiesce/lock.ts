import { formatDuration } from '../core/duration.ts'
import { Failure } from '../core/failure.ts'
import type { LockPlan } from '../core/lock-plan.ts'
import { describe, offender } from '../core/statement.ts'
import type { Stopwatch } from '../core/step.ts'
import type { Clock, Database, Holder, Log, Observer } from '../core/world.ts'
import type { Limits } from './limits.ts'
import { quietMoment } from './quiet-moment.ts'
import { inTime, unlessAborted } from './race.ts'
import { until } from './until.ts'

export interface Attempting {
  readonly database: Database
  readonly observer: Observer
  readonly plan: LockPlan
  readonly clock: Clock
  readonly log: Log
  readonly limits: Limits
  readonly signal: AbortSignal
  /** Of the clock: when the freeze as a whole has failed. */
  readonly deadline: number
  readonly watch: Stopwatch
  /** Says what we wait for now. */
  readonly waitFor: (what: string) => void
}

export interface Granted {
  readonly holder: Holder
  readonly attempts: number
  /** Of the clock: when the lock that was granted was asked for. No writer is stopped earlier. */
  readonly lockedAt: number
}

/** How long a connection may take to go after KILL, in milliseconds. */
const goneWithin = 2000

/**
 * Short attempts, each on a connection of its own, until one is granted: so no attempt stalls writers for
 * longer than `lockWait`.
 */
export async function lock(attempting: Attempting): Promise<Granted> {
  const { database, plan, limits, clock, log, deadline, signal, watch, waitFor } = attempting
  for (let attempts = 1; ; attempts++) {
    await watch.time('quiet moment', () => quietMoment(attempting))
    waitFor(`waiting for the lock, attempt ${attempts}`)
    const holder = await watch.time('connect the holder', () =>
      unlessAborted(database.connect(plan, limits), signal),
    )
    const lockedAt = clock.now()
    const refusal = await watch.time('lock', () => attempt(attempting, holder))
    if (refusal === null) return { holder, attempts, lockedAt }

    const inTheWay = await blocker(attempting)
    const message = inTheWay ? `${refusal.message}, behind ${inTheWay}` : refusal.message
    log.warn({ attempts }, message)
    const pause = backOff(attempts)
    if (clock.now() + pause >= deadline) throw new Failure('lock-not-granted', message, { cause: refusal })
    waitFor(message)
    await clock.sleep(pause, signal)
    signal.throwIfAborted()
  }
}

/** One attempt: null where the lock is granted, else why it is not, with nothing left on the server. */
async function attempt(
  { observer, clock, limits, signal, deadline }: Attempting,
  holder: Holder,
): Promise<Failure | null> {
  try {
    const within = Math.ceil(Math.min(limits.lockWait, deadline - clock.now()))
    const late = () => new Failure('lock-not-granted', `no lock within ${formatDuration(within)}`)
    await unlessAborted(inTime(holder.lock(), { clock, within, late }), signal)
    return null
  } catch (error) {
    await leaveNothing({ holder, observer, clock })
    if (error instanceof Failure && error.code === 'lock-not-granted') return error
    throw error
  }
}

/**
 * A FLUSH TABLES WITH READ LOCK that failed can still hold the global lock, until its connection is closed
 * (seen on MySQL 5.6, 5.7, 8.0 and 9.7). So the connection is ended from the other one, and looked for.
 */
async function leaveNothing({
  holder,
  observer,
  clock,
}: {
  readonly holder: Holder
  readonly observer: Observer
  readonly clock: Clock
}): Promise<void> {
  const { connection } = holder
  await holder[Symbol.asyncDispose]()
  await observer.endConnection(connection)
  const isGone = async () => !(await observer.isConnected(connection))
  const outcome = await until(isGone, { clock, within: goneWithin, every: 20 })
  if (outcome !== 'yes')
    throw new Failure(
      'lock-not-granted',
      `connection ${connection} is still there ${goneWithin} ms after KILL`,
    )
}

/** What runs longest on the server now: most likely what the lock waited for. */
async function blocker({ observer, plan }: Attempting): Promise<string | undefined> {
  const found = offender(await observer.statements(), {
    quietQuery: 1000,
    waitsForReaders: plan.waitsForReaders,
  })
  return found && describe(found)
}

/** Milliseconds: writers get at least as long to catch up as they were stalled. */
function backOff(attempts: number): number {
  return Math.min(500 * 2 ** (attempts - 1), 8000)
}
