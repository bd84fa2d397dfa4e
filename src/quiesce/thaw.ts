import { Failure } from '../core/failure.ts'
import type { Hold } from '../core/hold.ts'
import type { Verdict } from '../core/verdict.ts'
import type { Clock, EndLocker, Handshake, LetGo, Log } from '../core/world.ts'
import { type LeftStopped, startWhatIsLeft } from './left-stopped.ts'
import { type Release, reportRun } from './report.ts'
import { until } from './until.ts'

export interface Thawing extends LeftStopped {
  readonly handshake: Handshake
  readonly endLocker: EndLocker
  readonly clock: Clock
  readonly log: Log
  /** By the launcher, before Node was there. `nothing`: there was nothing to let go; `not done`: it could not, or there is none. */
  readonly letGoByLauncher: LetGo | 'nothing' | 'not done'
  /** When a freeze was called of which the log tells no end; null where there is none. Looked for only where nothing else is left. */
  readonly unfinished: () => string | null
  readonly limits: { readonly thawWithin: number }
  readonly collectLog: () => void
}

/** `replica`: there where SQL threads stay stopped, and why, for people. */
export type Thaw = Thawed & { readonly replica?: string }

type Thawed =
  | { readonly what: 'nothing to thaw' }
  | { readonly what: 'lost'; readonly since: string }
  | { readonly what: 'superseded' }
  | { readonly what: 'never held' }
  | { readonly what: 'unreadable' }
  | { readonly what: 'thawed'; readonly hold: Hold; readonly verdict: Verdict }

/** Let the tables go, wait until they are, and judge the snapshot. Letting go comes first, whatever follows. */
export async function thaw(world: Thawing): Promise<Thaw> {
  const thawed = await letGoAndJudge(world)
  const replica = await startWhatIsLeft(world, world.log)
  return replica === null ? thawed : { ...thawed, replica }
}

async function letGoAndJudge(world: Thawing): Promise<Thawed> {
  const { handshake, log, collectLog } = world
  const letGo = whatWasLetGo(world)
  // Made since then, for another snapshot: it is not for this thaw to touch.
  if (handshake.asked() !== null) return letGo === null ? nothingThere(world) : { what: 'superseded' }
  const { hold } = handshake.sight()
  if (hold === null) return letGo === null ? nothingThere(world) : neverHeld(world)

  const ended = await ending(world)
  try {
    if (ended === null) return { what: 'unreadable' }
    // Another run's file, or one that was made anew by hand, may be let go long after this lock was.
    const verdict = reportRun(log, ended, { letGoBy: letGoBy(letGo, ended) })
    return { what: 'thawed', hold: ended, verdict }
  } finally {
    handshake.forget()
    if (ended?.ended == null) collectLog()
  }
}

/** Once: what is there later is of another freeze. */
function whatWasLetGo({ letGoByLauncher, handshake }: Thawing): LetGo | null {
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

/** Lock files without a hold: a locker that has not begun yet sees that it was let go, and never locks. */
function neverHeld({ handshake, log, collectLog }: Thawing): Thawed {
  log.warn({}, 'waitforsnapshot was there without a hold: locktables had not begun, or is gone')
  if (handshake.sight().phase === 'abandoned') {
    handshake.forget()
    collectLog()
  }
  return { what: 'never held' }
}

/**
 * The hold with its ending; without one where its locker died; null where hold.json stays unreadable.
 * A locker that does not answer is ended: with its connection goes the lock.
 */
async function ending(world: Thawing): Promise<Hold | null> {
  const { handshake, clock, endLocker, log, limits } = world
  await until(() => settled(handshake), {
    clock,
    within: limits.thawWithin,
    watch: (look) => handshake.watch(look),
  })
  const { hold, lockerAlive } = handshake.sight()
  if (hold === null || hold === 'unreadable') return null
  if (hold.ended !== null || !lockerAlive) return hold

  log.error(
    { hold },
    `locktables (pid ${hold.locker.pid}) does not answer within ${limits.thawWithin} ms: ending it`,
  )
  if (await endLocker(hold.locker)) return hold
  throw new Failure(
    'thaw-timeout',
    `locktables (pid ${hold.locker.pid}) neither answers within ${limits.thawWithin} ms nor ends`,
  )
}

function settled(handshake: Handshake): boolean {
  const { hold, lockerAlive } = handshake.sight()
  if (hold === 'unreadable') return false
  return hold === null || hold.ended !== null || !lockerAlive
}
