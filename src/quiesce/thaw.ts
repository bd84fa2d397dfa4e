import { Failure } from '../core/failure.ts'
import { type Hold, isReadable } from '../core/hold.ts'
import type { ProcessIdentity } from '../core/process.ts'
import { parseTicket } from '../core/ticket.ts'
import type { Verdict } from '../core/verdict.ts'
import type { Clock, EndLocker, Handshake, LetGo, Log, Sighting } from '../core/world.ts'
import { type LeftStopped, startWhatIsLeft } from './left-stopped.ts'
import { type Refused, thawOfRefused } from './refused.ts'
import { type Release, reportRun } from './report.ts'
import { until } from './until.ts'

export interface Thawing extends LeftStopped {
  readonly handshake: Handshake
  readonly endLocker: EndLocker
  readonly clock: Clock
  readonly log: Log
  /**
   * By the launcher, before Node was there. `nothing`: there was nothing to let go; `not done`: it could not, or there is none;
   * `refused`: it is the thaw of this invoker, whose freeze was refused, and so it has let nothing go.
   */
  readonly letGoByLauncher: LetGo | { readonly refused: string } | 'nothing' | 'not done'
  /** When a freeze was called of which the log tells no end; null where there is none. Looked for only where nothing else is left. */
  readonly unfinished: () => string | null
  readonly limits: { readonly thawWithin: number }
  /** Takes what a locktables that is gone has left in the state directory for the log. */
  readonly collectLog: () => void
}

/** `replica`: there where SQL threads stay stopped, and why, for people. */
export type Thaw = (Thawed | Refused) & { readonly replica?: string }

type Thawed =
  | { readonly what: 'nothing to thaw' }
  | { readonly what: 'lost'; readonly since: string }
  | { readonly what: 'superseded' }
  | { readonly what: 'never held' }
  | { readonly what: 'unreadable' }
  | { readonly what: 'thawed'; readonly hold: Hold; readonly verdict: Verdict }

/** Let the tables go, wait until they are, and judge the snapshot. Letting go comes first, whatever follows. */
export async function thaw(world: Thawing): Promise<Thaw> {
  const { letGoByLauncher } = world
  if (isRefused(letGoByLauncher)) return thawOfRefused(world, letGoByLauncher.refused)
  const thawed = await letGoAndJudge({ ...world, letGoByLauncher })
  const replica = await startWhatIsLeft(world, world.log)
  return replica === null ? thawed : { ...thawed, replica }
}

function isRefused(letGo: Thawing['letGoByLauncher']): letGo is { readonly refused: string } {
  return typeof letGo === 'object' && 'refused' in letGo
}

type Judging = Thawing & { readonly letGoByLauncher: LetGo | 'nothing' | 'not done' }

async function letGoAndJudge(world: Judging): Promise<Thawed> {
  const { handshake, log, collectLog } = world
  const letGo = whatWasLetGo(world)
  // Made since then, for another snapshot: it is not for this thaw to touch.
  if (handshake.asked() !== null) return letGo === null ? nothingThere(world) : { what: 'superseded' }
  const began = handshake.sight()
  if (began.hold === null && lockerOf(handshake, began) === null)
    return letGo === null ? nothingThere(world) : withoutHold(world, letGo)

  const { hold, seen } = await ending(world, began)
  if (isAnothers(seen, began)) return { what: 'superseded' }
  try {
    if (hold === 'unreadable') return { what: 'unreadable' }
    if (seen.hold === null) return takenAway(hold)
    // Another run's file, or one that was made anew by hand, may be let go long after this lock was.
    const verdict = reportRun(log, hold, { letGoBy: letGoBy(letGo, hold) })
    return { what: 'thawed', hold, verdict }
  } finally {
    handshake.forget(seen)
    if (hold === 'unreadable' || hold.ended?.ending !== 'let-go') collectLog()
  }
}

/** Once: what is there later is of another freeze. */
function whatWasLetGo({ letGoByLauncher, handshake }: Judging): LetGo | null {
  if (letGoByLauncher === 'nothing') return null
  return letGoByLauncher === 'not done' ? handshake.letGo() : letGoByLauncher
}

function letGoBy(letGo: LetGo | null, { asked }: Hold): Release['letGoBy'] {
  if (letGo?.asked !== asked) return 'somebody else'
  return letGo.came === 'in time' ? 'this thaw' : 'this thaw, too early'
}

/** What there was may be lost. */
function nothingThere({ unfinished }: Thawing): Thawed {
  const since = unfinished()
  return since === null ? { what: 'nothing to thaw' } : { what: 'lost', since }
}

/** Lock files without a hold, and nobody who holds. */
function withoutHold({ handshake, log, collectLog }: Thawing, letGo: LetGo): Thawed {
  log.warn({}, 'waitforsnapshot was there without a hold: locktables had not begun, or is gone')
  const seen = handshake.sight()
  if (seen.phase === 'abandoned') {
    handshake.forget(seen)
    collectLog()
  }
  return wasAnswered(letGo) ? { what: 'unreadable' } : { what: 'never held' }
}

/**
 * Only a locker removes waitforlock of a freeze that goes well: its hold.json was there. One that has not begun yet sees that it was
 * let go, and never locks.
 */
function wasAnswered({ asked, came }: LetGo): boolean {
  return came === 'in time' && parseTicket(asked) !== null
}

/** Gone while it was waited for: by the freeze that it is of, which has failed, or by somebody's hand. */
function takenAway({ frozen }: Hold): Thawed {
  return { what: frozen === null ? 'never held' : 'unreadable' }
}

/** A freeze that began since then has cleared the way for itself, and put its own there. */
function isAnothers({ hold }: Sighting, { hold: ours }: Sighting): boolean {
  return isReadable(hold) && isReadable(ours) && (hold.run !== ours.run || hold.asked !== ours.asked)
}

interface Ending {
  /** As far as this freeze has told it: with its ending; without one where its locker died. */
  readonly hold: Hold | 'unreadable'
  /** The state directory by then. */
  readonly seen: Sighting
}

/** Waits for the end of the hold. A locker that does not answer is ended: with its connection goes the lock. */
async function ending(world: Thawing, began: Sighting): Promise<Ending> {
  const { handshake, clock, endLocker, log, limits } = world
  let hold = began.hold ?? 'unreadable'
  let seen = began
  const look = () => {
    seen = handshake.sight()
    if (isAnothers(seen, began)) return true
    if (isReadable(seen.hold)) hold = seen.hold
    return lockerOf(handshake, seen) === null
  }
  await until(look, { clock, within: limits.thawWithin, watch: (again) => handshake.watch(again) })
  const locker = isAnothers(seen, began) ? null : lockerOf(handshake, seen)
  if (locker === null) return { hold, seen }

  const what = `locktables (pid ${locker.pid}) does not answer within ${limits.thawWithin} ms`
  log.error({ hold }, `${what}: ending it`)
  if (await endLocker(locker)) return { hold, seen: handshake.sight() }
  throw new Failure(
    'thaw-timeout',
    `locktables (pid ${locker.pid}) neither answers within ${limits.thawWithin} ms nor ends`,
  )
}

/** The locker that is not done yet: that of hold.json, or, where it tells of none, the one that is found without it. */
function lockerOf(
  handshake: Handshake,
  { hold, lockerAlive }: Pick<Sighting, 'hold' | 'lockerAlive'>,
): ProcessIdentity | null {
  if (isReadable(hold) && lockerAlive) return hold.locker
  if (isReadable(hold) && hold.ended !== null) return null
  return handshake.attendant()?.locker ?? null
}
