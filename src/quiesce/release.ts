import { type Evidence, judge } from '../core/checks.ts'
import { asFailure, Failure } from '../core/failure.ts'
import type { Findings } from '../core/findings.ts'
import type { Ended, Frozen } from '../core/hold.ts'
import type { LockPlan } from '../core/lock-choice.ts'
import { stopwatch } from '../core/step.ts'
import type { Holder, Observer } from '../core/world.ts'
import type { Held } from './hold.ts'
import { inTime } from './race.ts'
import type { End } from './until-it-ends.ts'

interface Releasing {
  readonly held: Held
  readonly observer: Observer
  readonly holder: Holder
  readonly findings: Findings
  readonly plan: LockPlan
  readonly frozen: Frozen
  readonly end: End
  readonly lockedAt: number
}

/** How long the last questions, and then the release, may take, in milliseconds: writers wait meanwhile. */
const answerWithin = 1000

/** The checks of the verdict, then the release: the checks mean something only while the lock is there. */
export async function release(releasing: Releasing): Promise<Ended> {
  const { held, holder, frozen, plan, findings, end, lockedAt } = releasing
  const { clock } = held
  const watch = stopwatch(() => clock.now())
  const answers = await watch.time('checks', () => lastAnswers(releasing))
  await watch.time('unlock', () => answer(held, holder.unlock()))
  const heldFor = Math.round(clock.now() - lockedAt)

  const { reading, lockSeen = 'not-asked', unprotected = 'not-asked' } = answers
  const { attempts, flushed } = frozen
  const verdict = judge({
    ...end,
    heldFor,
    plan,
    attempts,
    flushed,
    lockSeen,
    unprotected,
    lockView: findings.lockView,
    connection: { atFreeze: holder.connection, atThaw: reading?.connection ?? 'not-asked' },
    coordinates: { atFreeze: frozen.coordinates, atThaw: reading ? reading.coordinates : 'not-asked' },
    server: {
      atFreeze: frozen.server.uuid,
      atThaw: reading ?? 'not-asked',
    },
  })
  const at = clock.today().toISOString()
  return { at, ending: end.ending, heldFor, verdict, failure: null, steps: watch.steps() }
}

interface Answers {
  readonly reading: Awaited<ReturnType<Holder['read']>> | undefined
  readonly lockSeen: boolean | undefined
  readonly unprotected: Evidence['unprotected'] | undefined
}

/** All at once, on the two connections side by side; undefined where no answer came. */
async function lastAnswers({ held, observer, holder, findings, plan }: Releasing): Promise<Answers> {
  const { lockView: view } = findings
  const [reading, lockSeen, unprotected] = await Promise.all([
    answer(held, holder.read()),
    view === 'none' ? undefined : answer(held, observer.lockSeen(holder.connection, { plan, view })),
    // Under a lock that keeps commits from going on, no table can be written to.
    plan.coordinates === 'stable' ? undefined : answer(held, observer.unprotected()),
  ])
  return { reading, lockSeen, unprotected }
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
