import type { UptimeSeen } from '../core/checks.ts'
import type { Ending } from '../core/hold.ts'
import { pressure } from '../core/pressure.ts'
import { placed } from '../core/server.ts'
import { poolTooSmall } from '../core/thread-pool.ts'
import { GiveUp } from './give-up.ts'
import type { Held } from './held.ts'
import type { LockedMember } from './member.ts'

/** How a hold came to its end. */
export interface End {
  readonly ending: Ending
  /** Why, where the ending does not say it; else ''. */
  readonly because: string
  /** The last looks at the servers while they were held. */
  readonly uptimes: ReadonlyMap<LockedMember, UptimeSeen>
}

interface Holding {
  readonly held: Held
  readonly locked: readonly LockedMember[]
  /** Of the clock. */
  readonly holdUntil: number
}

/** How often the observers look whether a server runs out of connections, in milliseconds. */
const lookEvery = 1000

/** Holds until somebody lets go, something breaks at one of the servers, its connections run out, or hold-at-most is over. */
export async function untilItEnds(holding: Holding): Promise<End> {
  const { held, locked, holdUntil } = holding
  const { clock, giveUp } = held
  const done = new AbortController()
  const over = AbortSignal.any([giveUp, ...locked.map(({ holder }) => holder.lost), done.signal])
  // A server that does not answer must not keep us from the end.
  const timeIsUp = clock.sleep(holdUntil - clock.now(), over).then(() => null)
  const uptimes = new Map<LockedMember, UptimeSeen>()
  const looking = { over, timeIsUp, uptimes }
  const why = await Promise.race([timeIsUp, ...locked.map((one) => underPressure(one, holding, looking))])
  done.abort()

  const lost = locked.find(({ holder }) => holder.lost.aborted)
  if (lost) return { ending: 'connection-lost', because: lost.name, uptimes }
  if (giveUp.reason instanceof GiveUp)
    return { ending: giveUp.reason.why, because: giveUp.reason.message, uptimes }
  if (why === null) return { ending: 'expired', because: '', uptimes }
  return { ending: 'pressure', because: why, uptimes }
}

interface Looking {
  readonly over: AbortSignal
  readonly timeIsUp: Promise<null>
  readonly uptimes: Map<LockedMember, UptimeSeen>
}

/** What speaks against holding on; null at the end of the hold. Where the observer is lost, nobody looks any more. */
async function underPressure(
  member: LockedMember,
  { held: { clock, limits }, holdUntil }: Holding,
  { over, timeIsUp, uptimes }: Looking,
): Promise<string | null> {
  for (;;) {
    await clock.sleep(lookEvery, over)
    if (over.aborted) return null
    const heldFor = clock.now() - (holdUntil - limits.holdAtMost)
    const pulse = await member.observer.pulse().catch(() => null)
    if (pulse === null) return await timeIsUp
    uptimes.set(member, { seconds: pulse.uptime, heldFor })
    const { findings, observer } = member
    const load = { ...pulse, ...findings, transport: observer.transport }
    const found = pressure(pulse, { ...limits, ...findings }) ?? poolTooSmall(load, 'held')
    if (found !== null) return placed(member.name, found)
  }
}
