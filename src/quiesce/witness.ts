import { blocker } from '../core/blocker.ts'
import type { Clock } from '../core/world.ts'
import type { LockedMember } from './member.ts'

/** Looks on while a lock waits. */
export interface Witness extends Disposable {
  /** Who was in the way, for people; undefined where nobody was in sight, or the lock came before. */
  seen(): string | undefined
}

/** When it looks: so late that who is there then is likely why the attempt fails, and so early that the answer is there by its end. */
const at = 0.8

/** Looks from the observer while the attempt goes on, so that no writer waits for it. */
export function witness(
  member: LockedMember,
  { clock, within }: { readonly clock: Clock; readonly within: number },
): Witness {
  const over = new AbortController()
  let seen: string | undefined
  const look = async () => {
    await clock.sleep(within * at, over.signal)
    if (over.signal.aborted) return
    // What it is for is a message: an attempt does not fail for want of it.
    seen = await whoIsInTheWay(member).catch(() => undefined)
  }
  void look()
  return { seen: () => seen, [Symbol.dispose]: () => over.abort() }
}

/** What keeps the lock of its holder waiting now. */
export async function whoIsInTheWay(member: LockedMember): Promise<string | undefined> {
  const { observer, holder, plan, findings } = member
  const [inTheWay, statements] = await Promise.all([
    observer.inTheWayOf(holder.connection, { plan, view: findings.lockView }),
    observer.statements(),
  ])
  return blocker({ statements, inTheWay, waitsFor: plan.waitsFor })
}
