import type { NotAsked, UptimeSeen } from '../core/checks.ts'
import type { Findings } from '../core/findings.ts'
import type { Ending } from '../core/hold.ts'
import { pressure } from '../core/pressure.ts'
import type { Holder, Observer } from '../core/world.ts'
import { GiveUp } from './give-up.ts'
import type { Held } from './hold.ts'

/** How a hold came to its end. */
export interface End {
  readonly ending: Ending
  /** Why, where the ending does not say it; else ''. */
  readonly because: string
  /** The last look at the server while it was held. */
  readonly uptime: UptimeSeen | NotAsked
}

interface Holding {
  readonly held: Held
  readonly observer: Observer
  readonly holder: Holder
  readonly findings: Findings
  /** Of the clock. */
  readonly holdUntil: number
}

/** How often the observer looks whether the server runs out of connections, in milliseconds. */
const lookEvery = 1000

/** Holds until somebody lets go, something breaks, the connections run out, or hold-at-most is over. */
export async function untilItEnds(holding: Holding): Promise<End> {
  const { held, holder, holdUntil } = holding
  const { clock, giveUp } = held
  const done = new AbortController()
  const over = AbortSignal.any([giveUp, holder.lost, done.signal])
  // A server that does not answer must not keep us from the end.
  const timeIsUp = clock.sleep(holdUntil - clock.now(), over).then(() => null)
  let uptime: End['uptime'] = 'not-asked'
  const onLook = (seen: UptimeSeen) => (uptime = seen)
  const why = await Promise.race([timeIsUp, underPressure(holding, { over, timeIsUp, onLook })])
  done.abort()

  if (holder.lost.aborted) return { ending: 'connection-lost', because: '', uptime }
  if (giveUp.reason instanceof GiveUp)
    return { ending: giveUp.reason.why, because: giveUp.reason.message, uptime }
  return why === null
    ? { ending: 'expired', because: '', uptime }
    : { ending: 'pressure', because: why, uptime }
}

interface Looking {
  readonly over: AbortSignal
  readonly timeIsUp: Promise<null>
  readonly onLook: (seen: UptimeSeen) => void
}

/** What speaks against holding on; null at the end of the hold. Where the observer is lost, nobody looks any more. */
async function underPressure(
  { held: { clock, limits }, observer, findings, holdUntil }: Holding,
  { over, timeIsUp, onLook }: Looking,
): Promise<string | null> {
  for (;;) {
    await clock.sleep(lookEvery, over)
    if (over.aborted) return null
    const heldFor = clock.now() - (holdUntil - limits.holdAtMost)
    const pulse = await observer.pulse().catch(() => null)
    if (pulse === null) return await timeIsUp
    onLook({ seconds: pulse.uptime, heldFor })
    const found = pressure(pulse, { ...limits, ...findings })
    if (found !== null) return found
  }
}
