import { formatDuration } from '../core/duration.ts'
import { asFailure, Failure, type FailureCode } from '../core/failure.ts'
import { type Frozen, type Hold, isReadable } from '../core/hold.ts'
import type { Invoker } from '../core/invoker.ts'
import type { ProcessIdentity } from '../core/process.ts'
import { formatTicket, parseTicket, type Ticket } from '../core/ticket.ts'
import type { Clock, Handshake, Locker, Lockers, Log, Sighting } from '../core/world.ts'
import { clearTheWay } from './clear-the-way.ts'
import { startWhatIsLeft, type LeftStopped } from './left-stopped.ts'
import { rememberRefusal } from './refused.ts'
import { reportNoHold, reportRun } from './report.ts'
import { until } from './until.ts'

export interface Freezing extends LeftStopped {
  readonly handshake: Handshake
  readonly lockers: Lockers
  readonly clock: Clock
  readonly log: Log
  readonly run: string
  readonly asker: ProcessIdentity
  readonly invoker?: Invoker
  /** By which its thaw is told from that of another invoker; null where it cannot be. */
  readonly knownAs: string | null
  /** Aborted when the invoker, or the fate of our launcher, ends the freeze; the reason is a sentence, or a Failure. */
  readonly stop: AbortSignal
  /** Aborts `stop` now where our launcher has died since it was last looked for. */
  readonly lookForLauncher: () => void
  readonly limits: { readonly freezeWithin: number }
  /** Takes what a locktables that is gone has left in the state directory for the log. */
  readonly collectLog: () => void
  /** When the script was called, for the log. */
  readonly calledAt: Date
}

/**
 * Lock the tables and leave them locked.
 *
 * No agent runs a thaw for a freeze that failed (reference: vmbackup's scriptOps.c, qemu-ga), so a freeze
 * that cannot finish undoes itself before it says why.
 */
export async function freeze(world: Freezing): Promise<Frozen> {
  const { lockers, run, asker, invoker, clock, limits } = world
  const deadline = clock.now() + limits.freezeWithin
  const ticket: Ticket = { run, asker, ...(invoker && { invoker }) }
  ask(world, ticket)
  let locker: Locker | undefined
  try {
    locker = lockers.start(run)
    const frozen = await answered(world, locker, deadline)
    locker.handOver()
    return frozen
  } catch (failure) {
    if (isUnheard(failure)) await leaveToThaw(world, locker, failure)
    else
      await undo(world, { ticket, locker, failure }).then(
        (left) => failWith(failure, left),
        (error: unknown) => {
          reportFailed(world, failure)
          throw error
        },
      )
    throw failure
  }
}

/** Throws `busy` where another one holds, which the thaw of the same invoker hears of. */
function ask(world: Freezing, ticket: Ticket): void {
  const { handshake, knownAs } = world
  try {
    clearTheWay(world)
    if (knownAs !== null) handshake.admit(knownAs)
    handshake.ask(ticket)
  } catch (error) {
    reportFailed(world, error)
    rememberRefusal(world, error)
    throw error
  }
}

function reportFailed({ log, run, calledAt }: Freezing, error: unknown): void {
  reportNoHold(log, { run, askedAt: calledAt, failure: asFailure(error) })
}

/** Waits for the locker's answer, and names which of the ways it failed. */
async function answered(world: Freezing, locker: Locker, deadline: number): Promise<Frozen> {
  const { handshake, clock, stop, lookForLauncher } = world
  let frozen: Frozen | null = null
  const look = () => {
    const sighting = handshake.sight()
    frozen = frozenIn(world, sighting)
    return frozen !== null || hasGivenUp(world, locker, sighting)
  }
  await until(look, {
    clock,
    within: deadline - clock.now(),
    signal: AbortSignal.any([stop, locker.exited]),
    watch: (again) => handshake.watch(again),
  })

  // To the invoker a launcher that was killed has succeeded: it may have died before the lock was there.
  lookForLauncher()
  // The machine, or this process, may have stood still: the invoker may have given up.
  if (frozen !== null && !stop.aborted && clock.now() <= deadline) return frozen
  throw whyNot(world, locker)
}

function whyNot(world: Freezing, { exited, pid }: Locker): Failure {
  const { handshake, stop, limits } = world
  const hold = holdOf(world, handshake.sight())
  if (stop.reason instanceof Failure) return stop.reason
  if (stop.aborted) return new Failure('stopped', String(stop.reason))
  if (hold?.ended?.failure) return new Failure(hold.ended.failure.code, hold.ended.failure.message)
  if (isLetGo(world)) return new Failure('cancelled', 'waitforsnapshot was removed before the lock was there')
  if (exited.aborted) {
    const how = `${String(exited.reason)} before the lock was there`
    return new Failure('locker-died', `locktables (pid ${pid}) ${how}`)
  }
  const doing = hold?.frozen ? 'it came later' : (hold?.doing ?? 'locktables has not begun')
  return new Failure('freeze-timeout', `no lock within ${formatDuration(limits.freezeWithin)}: ${doing}`)
}

/** Frozen is what the files, hold.json and the living locker all say of this run; one of them alone is not enough. */
function frozenIn(world: Freezing, sighting: Sighting): Frozen | null {
  const { phase, ticket, lockerAlive } = sighting
  if (phase !== 'frozen' || !lockerAlive || ticket?.run !== world.run) return null
  return holdOf(world, sighting)?.frozen ?? null
}

function hasGivenUp(world: Freezing, locker: Locker, sighting: Sighting): boolean {
  return isLetGo(world) || holdOf(world, sighting)?.ended != null || locker.exited.aborted
}

/** Also while the locker has not begun, and so cannot say it. */
function isLetGo({ handshake, run }: Freezing): boolean {
  return parseTicket(handshake.asked() ?? '')?.run !== run
}

function holdOf({ run }: Freezing, { hold }: Sighting): Hold | null {
  return isReadable(hold) && hold.run === run ? hold : null
}

/** What is left may be another freeze's by now. */
function isNobodys({ phase, hold }: Sighting): boolean {
  return phase === 'thawed' && !isReadable(hold)
}

/** To the invoker a launcher that was killed has succeeded (reference: vmtoolsd): a snapshot and a thaw will follow. */
function isUnheard(failure: unknown): boolean {
  return failure instanceof Failure && failure.code === 'launcher-died'
}

/** Locker gone, lock gone; what is left of the run stays, so that the thaw finds it and calls the snapshot not consistent. */
async function leaveToThaw(world: Freezing, locker: Locker | undefined, failure: unknown): Promise<void> {
  await locker?.end()
  if (holdOf(world, world.handshake.sight()) === null) reportFailed(world, failure)
}

interface Undoing {
  readonly ticket: Ticket
  readonly locker: Locker | undefined
  /** Why. */
  readonly failure: unknown
}

/** What stays undone, for people. */
interface Left {
  readonly what: string
  /** Where it is worse than what the freeze failed of. */
  readonly code?: FailureCode
}

/** Files gone, locker gone, lock gone. Resolves to what stays undone; null where nothing does. */
async function undo(world: Freezing, { ticket, locker, failure }: Undoing): Promise<Left | null> {
  const { handshake, log, run, collectLog } = world
  const gone = await withdrawn(handshake, ticket, locker)
  if (!gone) {
    const what = 'locktables does not end: its connection ends with it, at wait_timeout at the latest'
    log.error({ run, pid: locker?.pid }, what)
    return {
      what: `the database may still be locked: ${what}; kill -9 ${locker?.pid}`,
      code: 'may-be-locked',
    }
  }
  const sighting = handshake.sight()
  const hold = holdOf(world, sighting)
  if (hold === null) reportFailed(world, failure)
  else reportRun(log, hold, { letGoBy: 'somebody else' })
  if (hold !== null || isNobodys(sighting)) handshake.forget(sighting)
  collectLog()
  const stopped = await startWhatIsLeft(world, log)
  const locked = mayBeLocked(hold)
  if (locked !== null) return { what: [locked, stopped ?? []].flat().join('; '), code: 'may-be-locked' }
  return stopped === null ? null : { what: stopped }
}

/** As the locker has told it, which may be after the freeze had failed of something else. */
function mayBeLocked(hold: Hold | null): string | null {
  const ended = hold?.ended
  const { code, message } = ended?.failure ?? {}
  return ended?.mayBeLocked ?? (code === 'may-be-locked' && message !== undefined ? message : null)
}

function failWith(failure: unknown, left: Left | null): void {
  if (left === null) return
  const { code, message } = asFailure(failure)
  const whole = message === left.what ? message : `${message}; ${left.what}`
  throw new Failure(left.code ?? code, whole, { cause: failure })
}

/** A lock file that cannot be removed must not keep the locker, and so the lock. Whether the locker is gone. */
async function withdrawn(handshake: Handshake, ticket: Ticket, locker: Locker | undefined): Promise<boolean> {
  let gone: boolean
  try {
    handshake.withdraw(formatTicket(ticket))
  } finally {
    gone = (await locker?.end()) ?? true
  }
  return gone
}
