import { Failure } from '../core/failure.ts'
import type { Handshake } from '../core/world.ts'

/**
 * Throws `busy` while a locker lives, whatever the files say: they may be gone or damaged, and it may stand still. A hold is what it
 * is then, too.
 */
export function refuseWhileAttended(handshake: Pick<Handshake, 'attendant'>): void {
  const attendant = handshake.attendant()
  if (attendant === null) return
  const { locker, run, since } = attendant
  const which = run === null ? 'started by hand' : `of run ${run}`
  throw new Failure(
    'busy',
    `the tables are held already: locktables pid ${locker.pid} ${which}, since ${since}, though the state directory does not say so`,
  )
}
