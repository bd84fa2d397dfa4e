import { formatDuration } from '../core/duration.ts'
import { Failure } from '../core/failure.ts'
import type { Findings } from '../core/findings.ts'
import type { LockPlan } from '../core/lock-choice.ts'
import { pressure } from '../core/pressure.ts'
import type { Stopwatch } from '../core/step.ts'
import type { Clock, Database, Holder, Log, Observer } from '../core/world.ts'
import type { Limits } from './limits.ts'
import { quietMoment } from './quiet-moment.ts'
import { inTime, unlessAborted } from './race.ts'
import { until } from './until.ts'
import { whoIsInTheWay, witness } from './witness.ts'

export interface Attempting {
  readonly database: Database
  readonly run: string
  readonly observer: Observer
  readonly findings: Findings
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
  const { run, database, plan, limits, clock, log, deadline, signal, watch, waitFor } = attempting
  let before = ''
  for (let attempts = 1; ; attempts++) {
    await withoutPressure(attempting)
    await watch.time('quiet moment', () => quietMoment(attempting))
    waitFor(`waiting for the lock, attempt ${attempts}${before}`)
    const holder = await watch.time('connect the holder', () =>
      unlessAborted(database.connect(plan, limits), signal),
    )
    const lockedAt = clock.now()
    const refusal = await watch.time('lock', () => attempt(attempting, holder))
    if (refusal === null) return { holder, attempts, lockedAt }

    const { message } = refusal
    log.warn({ run, attempts }, message)
    const pause = backOff(attempts)
    // Less time than that is no attempt, but makes writers wait all the same.
    const isLast = clock.now() + pause + limits.lockWait / 2 >= deadline
    if (isLast || limits.onLongQuery === 'fail') throw refusal
    waitFor(message)
    before = `; the one before: ${message}`
    await clock.sleep(pause, signal)
    signal.throwIfAborted()
  }
}

/** Each attempt that fails makes writers wait, and their applications open more connections. */
async function withoutPressure({ observer, limits, findings, signal }: Attempting): Promise<void> {
  const pulse = await unlessAborted(observer.pulse(), signal)
  const found = pressure(pulse, { ...limits, ...findings })
  if (found !== null) throw new Failure('pressure', `the lock was not tried: ${found}`)
}

/** One attempt: null where the lock is granted, else why it is not, with nothing left on the server. */
async function attempt(attempting: Attempting, holder: Holder): Promise<Failure | null> {
  const { clock, limits, signal, deadline } = attempting
  const within = Math.max(1, Math.ceil(Math.min(limits.lockWait, deadline - clock.now())))
  using watching = witness(attempting, { holder, within })
  try {
    const late = () => new Failure('lock-not-granted', `no lock within ${formatDuration(within)}`)
    await unlessAborted(inTime(holder.lock(), { clock, within, late }), signal)
    return null
  } catch (error) {
    await leaveNothing(attempting, holder)
    if (!(error instanceof Failure) || error.code !== 'lock-not-granted') throw error
    const inTheWay = watching.seen() ?? (await whoIsInTheWay(attempting, holder.connection))
    const behind = inTheWay === undefined ? '' : `, behind ${inTheWay}`
    return new Failure(error.code, error.message + behind, { cause: error })
  }
}

/**
 * A FLUSH TABLES WITH READ LOCK that failed can still hold the global lock, until its connection is closed
 * (seen on MySQL 5.6, 5.7, 8.0 and 9.7). So the connection is ended from the other one, and looked for.
 */
async function leaveNothing({ observer, clock }: Attempting, holder: Holder): Promise<void> {
  // Closed only after it is gone: on MySQL 5.7 a session that is killed while it sees its client leave may never end.
  await using closing = holder
  const { connection } = closing
  const stays = () =>
    new Failure('lock-not-granted', `connection ${connection} is still there ${goneWithin} ms after KILL`)
  await inTime(observer.endConnection(connection), { clock, within: goneWithin, late: stays })
  const isGone = async () => !(await observer.isConnected(connection))
  if ((await until(isGone, { clock, within: goneWithin, every: 20 })) !== 'yes') throw stays()
}

/** Milliseconds: writers get at least as long to catch up as they were stalled. */
function backOff(attempts: number): number {
  return Math.min(500 * 2 ** (attempts - 1), 8000)
}
