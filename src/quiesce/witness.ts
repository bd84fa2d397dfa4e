import { type Blocker, blocker } from '../core/blocker.ts'
import { idleOffender } from '../core/idle-holder.ts'
import { howToShow, staysShut, waitsForTables } from '../core/not-shown.ts'
import type { Clock } from '../core/world.ts'
import type { LockedMember } from './member.ts'

/** Looks on while a lock waits. */
export interface Witness extends Disposable {
  /** Who was in the way; undefined where it could not be asked, or the lock came before. */
  seen(): InSight | undefined
}

/** When it looks: so late that who is there then is likely why the attempt fails, and so early that the answer is there by its end. */
const at = 0.8

/** Looks from the observer while the attempt goes on, so that no writer waits for it. */
export function witness(
  member: LockedMember,
  { clock, within }: { readonly clock: Clock; readonly within: number },
): Witness {
  const over = new AbortController()
  let seen: InSight | undefined
  const look = async () => {
    await clock.sleep(within * at, over.signal)
    if (over.signal.aborted) return
    // What it is for is a message: an attempt does not fail for want of it.
    seen = await whoIsInTheWay(member).catch(() => undefined)
  }
  void look()
  return { seen: () => seen, [Symbol.dispose]: () => over.abort() }
}

/** Who kept a lock waiting, for people. */
export interface InSight {
  readonly said: string
  /** A table stays shut behind somebody whom the server does not show: another attempt would shut more, and clear nothing. */
  readonly isHopeless: boolean
}

/** What keeps the lock of its holder waiting now. */
export async function whoIsInTheWay(member: LockedMember): Promise<InSight> {
  const { observer, holder, plan, findings } = member
  const [inTheWay, statements, wait] = await Promise.all([
    observer.inTheWayOf(holder.connection, { plan, view: findings.lockView }),
    observer.statements(),
    observer.lockWait(holder.connection),
  ])
  const idle = waitsForTables(wait) ? await observer.idleHolders(findings.lockView) : []
  const resting = idleOffender(idle, { statements, quietQuery: 0 })
  const found = resting
    ? { said: resting, isNamed: true }
    : blocker({ statements, inTheWay, waitsFor: plan.waitsFor })
  if (found?.isNamed) return { said: found.said, isHopeless: false }
  const isHopeless = waitsForTables(wait)
  const parts = [unnamed(found), howToShow(observer.server, findings.lockView)]
  return { said: [...parts, ...(isHopeless ? [staysShut(wait)] : [])].join('; '), isHopeless }
}

function unnamed(guess: Blocker | undefined): string {
  return guess?.said ?? 'nobody that can be named'
}
