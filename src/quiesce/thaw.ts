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
  /** By the launcher, before Node was there; null: there was nothing to let go. */
  readonly letGoByLauncher: LetGo | null
  /** When a freeze was called of which the log tells no end; null where there is none. */
  readonly unfinished: string | null
  readonly limits: { readonly thawWithin: number }
  readonly collectLog: () => void
}

/** `replica`: there where SQL threads stay stopped, and why, for people. */
export type Thaw = Thawed & { readonly replica?: string }

type Thawed =
  | { readonly what: 'nothing to thaw' }
  | { readonly what: 'lost'; readonly since: string }
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
  const letGo = [world.letGoByLauncher, handshake.letGo()].filter((one) => one !== null)
  const { hold } = handshake.sight()
  if (hold === null) return nothingHeld(world, letGo.length > 0)

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

function letGoBy(letGo: readonly LetGo[], { asked }: Hold): Release['letGoBy'] {
  const ours = letGo.find((one) => one.asked === asked)
  if (ours === undefined) return 'somebody else'
  return ours.came === 'in time' ? 'this thaw' : 'this thaw, too early'
}

/** Lock files without a hold: a locker that has not begun yet sees that it was let go, and never locks. No file at all: what there was may be lost. */
function nothingHeld({ handshake, log, collectLog, unfinished }: Thawing, letGo: boolean): Thawed {
  if (!letGo && unfinished !== null) return { what: 'lost', since: unfinished }
  if (!letGo) return { what: 'nothing to thaw' }
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
