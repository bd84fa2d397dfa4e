import { type Moved, movedBy } from '../core/binary-log-events.ts'
import type { Coordinates } from '../core/coordinates.ts'
import { asFailure, Failure } from '../core/failure.ts'
import type { Clock } from '../core/world.ts'
import type { LockedMember } from './member.ts'
import { inTime } from './race.ts'

/** How long reading the events may take, in milliseconds. Nobody waits for it: the lock is gone by then. */
const readWithin = 2000

/** What moved the binary log between two coordinates; null where it did not, or where it is off. */
export async function whatMoved(
  { observer, plan }: LockedMember,
  {
    from,
    to,
    clock,
  }: { readonly from: Coordinates | null; readonly to: Coordinates | null; readonly clock: Clock },
): Promise<Moved | null> {
  if (plan.coordinates === 'not stable' || from === null || to === null) return null
  if (from.file !== to.file) return { by: 'rotation' }
  if (from.position === to.position) return null
  const late = () => new Failure('connection-lost', `no answer within ${readWithin} ms`)
  try {
    const reading = observer.binaryLogEvents(from, to.position)
    const events = await inTime(reading, { clock, within: readWithin, late })
    return movedBy(events, { from: from.position, to: to.position })
  } catch (error) {
    return { by: 'not read', because: asFailure(error).message }
  }
}
