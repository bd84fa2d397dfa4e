import { asFailure, Failure } from '../core/failure.ts'
import { type Ended, type Hold, isReadable } from '../core/hold.ts'
import { stallWatch } from '../core/stall.ts'
import { stopwatch } from '../core/step.ts'
import { parseTicket } from '../core/ticket.ts'
import { conclude } from '../core/verdict.ts'
import { refuseWhileAttended } from './attended.ts'
import { asFreezeFailure, giveUpWhen } from './give-up.ts'
import type { Held, Holding } from './held.ts'
import { keepPublished } from './keep-published.ts'
import { neverLocked } from './report.ts'
import { underLock } from './under-lock.ts'

/**
 * Lock the tables, prove it, say so, and keep them locked for as long as the freeze lasts and never longer
 * than hold-at-most. Resolves to the ending; the lock is gone by then, however it ended.
 */
export async function hold(world: Holding): Promise<Ended> {
  const { handshake, log, clock } = world
  const { run, asked } = join(world)
  using giveUp = giveUpWhen({ ...world, asked })
  const { publish, current } = publisher(world, { run, asked })
  publish({})

  const watch = stopwatch(() => clock.now())
  const stalls = stallWatch(() => clock.now())
  const held: Held = { ...world, run, asked, giveUp: giveUp.signal, publish, watch, stalls }
  const ended = await attending(held, current)
  publish({ ended })
  if (ended.failure !== null || ended.ending === 'leash-broken') handshake.withdraw(asked)
  log.info({ run, ended }, `the hold has ended: ${ended.ending}`)
  return ended
}

/** Until the lock is gone the others find us, and hold.json, whatever becomes of the files; after that the next freeze may come. */
async function attending(held: Held, current: () => Hold): Promise<Ended> {
  const { handshake, log, run } = held
  using _attendance = handshake.attend()
  using _keeping = keepPublished({ handshake, log, run, hold: current })
  return await underLock(held).catch((error: unknown) => {
    const failure = asFailure(asFreezeFailure(error))
    log.error({ run, err: failure, cause: failure.cause }, `no lock: ${failure.message}`)
    return endedUnlocked(held, failure)
  })
}

/** Whose lock files are these? Those of our run; or, started by hand, whichever are there. */
function join({ handshake, run, newRun }: Holding): { readonly run: string; readonly asked: string } {
  const { phase, hold: other, lockerAlive, waitforlock } = handshake.sight()
  if (lockerAlive && isReadable(other))
    throw new Failure(
      'busy',
      `the tables are ${phase} already: locktables pid ${other.locker.pid} of run ${other.run}`,
    )

  // pre-freeze-script has looked before it started us.
  if (run === undefined) refuseWhileAttended(handshake)

  const asked = handshake.asked()
  const ticket = parseTicket(asked ?? '')
  if (asked === null || !waitforlock || (run !== undefined && ticket?.run !== run))
    throw new Failure(
      'cancelled',
      'nobody asks for a lock: waitforlock and waitforsnapshot are not there, or not of this run',
    )
  return { run: run ?? ticket?.run ?? newRun(), asked }
}

function publisher(
  { handshake, self, clock }: Holding,
  { run, asked }: { readonly run: string; readonly asked: string },
): { readonly publish: Held['publish']; readonly current: () => Hold } {
  const invoker = parseTicket(asked)?.invoker
  let current: Hold = {
    run,
    locker: self,
    asked: asked.trimEnd(),
    askedAt: clock.today().toISOString(),
    ...(invoker && { invoker }),
    doing: 'connecting',
    frozen: null,
    ended: null,
  }
  return {
    publish(change) {
      current = { ...current, ...change }
      handshake.publish(current)
    },
    current: () => current,
  }
}

function endedUnlocked({ clock, watch, stalls }: Held, { code, message }: Failure): Ended {
  return {
    at: clock.today().toISOString(),
    lockedUntil: null,
    ending: 'failed',
    heldFor: 0,
    verdict: conclude([neverLocked(message)]),
    failure: { code, message },
    stall: stalls.stall(),
    steps: watch.steps(),
  }
}
