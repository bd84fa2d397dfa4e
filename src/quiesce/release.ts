import type { Moved } from '../core/binary-log-events.ts'
import { judge, type ServerEvidence } from '../core/checks.ts'
import { asFailure, Failure } from '../core/failure.ts'
import type { Ended, Frozen, FrozenServer } from '../core/hold.ts'
import { whereShown } from '../core/lock-choice.ts'
import type { Replication } from '../core/replica.ts'
import { placed } from '../core/server.ts'
import { type Stopwatch, stopwatch } from '../core/step.ts'
import { conclude, type Verdict } from '../core/verdict.ts'
import type { Reading } from '../core/world.ts'
import type { Held } from './held.ts'
import { leaveNothing } from './leave-nothing.ts'
import type { LockedMember } from './member.ts'
import { whatMoved } from './moved.ts'
import { inTime } from './race.ts'
import { replicationOf } from './replication.ts'
import type { End } from './until-it-ends.ts'
import type { WatchedDisks } from './watched-disks.ts'

interface Releasing {
  readonly held: Held
  readonly locked: readonly LockedMember[]
  readonly frozen: Frozen
  readonly watched: Pick<WatchedDisks, 'evidence'>
  readonly end: End
  readonly lockedAt: number
}

/** How long the last questions, and then the release, may take, in milliseconds: writers wait meanwhile. */
const answerWithin = 1000

/** The checks of the verdict, then the release: the checks mean something only while the lock is there. */
export async function release({ held, locked, frozen, watched, end, lockedAt }: Releasing): Promise<Ended> {
  const { clock } = held
  const watch = stopwatch(() => clock.now())
  const until = clock.today().toISOString()
  const answers = await Promise.all(
    locked.map((member, index) => letGo({ member, held, watch, frozen: frozen.servers[index]! })),
  )
  const heldFor = Math.round(clock.now() - lockedAt)
  held.stalls.gone()

  const servers = await Promise.all(
    locked.map(async (member, index) => {
      const its = { frozen: frozen.servers[index]!, answers: answers[index]! }
      const to = its.answers.reading?.coordinates ?? null
      const moved = await whatMoved(member, { from: its.frozen.coordinates, to, clock })
      return evidence({ member, ...its, moved, end })
    }),
  )
  const handedOver = held.leash.handedOver()
  const freeze = await watched.evidence()
  const times = { heldFor, from: frozen.at, until }
  const verdict = judge({ ...end, ...times, attempts: frozen.attempts, handedOver, servers, freeze })
  const at = clock.today().toISOString()
  const disks = freeze.watched.length > 0 ? { disks: freeze.watched } : {}
  const told = { failure: null, stall: held.stalls.stall(), steps: watch.steps(), ...disks }
  const ended = { at, lockedUntil: until, ending: end.ending, heldFor, ...told }
  const left = answers.flatMap(({ mayBeLocked }) => mayBeLocked ?? [])
  return left.length === 0 ? { ...ended, verdict } : { ...ended, ...notUnlocked(verdict, left.join('; ')) }
}

/** Never yes: nothing answers any more that could tell what the server does. */
function notUnlocked(verdict: Verdict, seen: string): Pick<Ended, 'verdict' | 'mayBeLocked'> {
  const check = { name: 'unlocked', result: 'unknown', seen } as const
  return { verdict: conclude([...verdict.checks, check]), mayBeLocked: seen }
}

interface Answers {
  readonly reading: Reading | undefined
  readonly lockSeen: boolean | undefined
  readonly unprotected: ServerEvidence['unprotected'] | undefined
  readonly redoLog: 'on' | 'off' | 'always on' | undefined
  readonly replica: Replication
}

interface LetGo extends Answers {
  /** Which session did not end; null where the lock is gone. */
  readonly mayBeLocked: string | null
}

interface LettingGo {
  readonly member: LockedMember
  readonly held: Held
  readonly watch: Stopwatch
  readonly frozen: FrozenServer
}

/** The writers of one server do not wait for the checks of another. */
async function letGo({ member, held, watch, frozen }: LettingGo): Promise<LetGo> {
  const answers = await watch.time(placed(member.name, 'checks'), () => lastAnswers(member, held, frozen))
  const mayBeLocked = await watch.time(placed(member.name, 'unlock'), () => unlock(member, held))
  return { ...answers, mayBeLocked }
}

/** A session that does not answer keeps its lock, even when its client leaves: then the observer ends it. Null where that did. */
async function unlock(member: LockedMember, held: Held): Promise<string | null> {
  const isUnlocked = await answer(
    held,
    member.holder.unlock().then(() => true),
  )
  if (isUnlocked) return null
  try {
    await leaveNothing([member], held.clock)
    return null
  } catch (error) {
    const { message } = asFailure(error)
    held.log.error({ run: held.run, err: error }, message)
    return message
  }
}

/** All at once, on its connections side by side; undefined where no answer came. */
async function lastAnswers(member: LockedMember, held: Held, frozen: FrozenServer): Promise<Answers> {
  const { observer, holder, plan, findings, redoLog: redoLogBefore } = member
  const view = whereShown(plan, findings.lockView)
  const [reading, lockSeen, redoLog, unprotected, replica] = await Promise.all([
    answer(held, holder.read()),
    view === 'none' ? undefined : answer(held, observer.lockSeen(holder.connection, { plan, view })),
    redoLogBefore === 'always on' ? redoLogBefore : answer(held, observer.redoLog()),
    // Under a lock that keeps commits from going on, no table can be written to.
    plan.coordinates === 'stable' ? undefined : answer(held, observer.unprotected()),
    // Asked in vain under the lock, it would make writers wait again.
    frozen.replica === 'unknown' ? frozen.replica : replicationOf(member, held, answerWithin),
  ])
  return { reading, lockSeen, redoLog, unprotected, replica }
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

interface Seen {
  readonly member: LockedMember
  readonly frozen: FrozenServer
  readonly answers: Answers
  readonly moved: Moved | null
  readonly end: End
}

function evidence({ member, frozen, answers, moved, end }: Seen): ServerEvidence {
  const { name, plan, findings } = member
  const { reading, lockSeen = 'not-asked', redoLog = 'not-asked', unprotected = 'not-asked' } = answers
  return {
    name,
    plan,
    lockSeen,
    lockView: whereShown(plan, findings.lockView),
    connection: { atFreeze: frozen.connection, atThaw: reading?.connection ?? 'not-asked' },
    server: { atFreeze: frozen.server.uuid, atThaw: reading ?? 'not-asked' },
    uptime: end.uptimes.get(member) ?? 'not-asked',
    coordinates: { atFreeze: frozen.coordinates, atThaw: reading ? reading.coordinates : 'not-asked' },
    moved,
    replica: { atFreeze: frozen.replica, atThaw: answers.replica },
    flushed: frozen.flushed,
    engines: frozen.engines,
    disk: frozen.disk,
    redoLog,
    unprotected,
  }
}
