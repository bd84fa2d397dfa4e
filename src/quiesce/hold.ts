import { asFailure, Failure } from '../core/failure.ts'
import { type Ended, type Hold, isReadable } from '../core/hold.ts'
import { stallWatch } from '../core/stall.ts'
import { stopwatch } from '../core/step.ts'
import { parseTicket } from '../core/ticket.ts'
import { conclude } from '../core/verdict.ts'
import { asFreezeFailure, giveUpWhen } from './give-up.ts'
import type { Held, Holding } from './held.ts'
import { neverLocked } from './report.ts'
import { underLock } from './under-lock.ts'

/**
 * Lock the tables, prove it, say so, and keep them locked for as long as the freeze lasts and never longer
 * than hold-at-most. Resolves to the ending; the lock is gone by then, however it ended.
 */
export async function hold(world: Holding): Promise<Ended> {
  const { handshake, clock, log } = world
  const { run, asked } = join(world)
  using giveUp = giveUpWhen({ ...world, asked })
  const publish = publisher(world, { run, asked })
  publish({})

  const watch = stopwatch(() => clock.now())
  const stalls = stallWatch(() => clock.now())
  const held: Held = { ...world, run, asked, giveUp: giveUp.signal, publish, watch, stalls }
  const ended = await underLock(held).catch((error: unknown) => {
    const failure = asFailure(asFreezeFailure(error))
    log.error({ run, err: failure, cause: failure.cause }, `no lock: ${failure.message}`)
    return endedUnlocked(held, failure)
  })

  publish({ ended })
  if (ended.failure !== null || ended.ending === 'leash-broken') handshake.withdraw(asked)
  log.info({ run, ended }, `the hold has ended: ${ended.ending}`)
  return ended
}

/** Whose lock files are these? Those of our run; or, started by hand, whichever are there. */
function join({ handshake, run, newRun }: Holding): { readonly run: string; readonly asked: string } {
  const { phase, hold: other, lockerAlive, waitforlock } = handshake.sight()
  if (lockerAlive && isReadable(other))
    throw new Failure(
      'busy',
      `the tables are ${phase} already: locktables pid ${other.locker.pid} of run ${other.run}`,
    )

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
): (change: Partial<Hold>) => void {
  let current: Hold = {
    run,
    locker: self,
    asked: asked.trimEnd(),
    askedAt: clock.today().toISOString(),
    doing: 'connecting',
    frozen: null,
    ended: null,
  }
  return (change) => {
    current = { ...current, ...change }
    handshake.publish(current)
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
