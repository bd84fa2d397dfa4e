import { Failure } from '../core/failure.ts'
import { isReadable } from '../core/hold.ts'
import type { Handshake, Log, Sighting } from '../core/world.ts'
import { refuseWhileAttended } from './attended.ts'
import { reportRun } from './report.ts'

/** Refuses a second freeze, and cleans up what a run that nobody is left of has put in the way. */
export function clearTheWay(world: {
  readonly handshake: Handshake
  readonly log: Log
  readonly collectLog: () => void
}): void {
  const { handshake, log, collectLog } = world
  const sighting = handshake.sight()
  switch (sighting.phase) {
    case 'freezing':
    case 'frozen':
    case 'cancelling':
    case 'thawing':
      throw new Failure('busy', `the tables are ${sighting.phase} already: ${whoHolds(sighting)}`)
    case 'abandoned':
    case 'thawed':
      refuseWhileAttended(handshake)
  }
  if (sighting.phase === 'abandoned')
    log.warn({ left: sighting.texts }, `cleaning up an abandoned run: ${whoHolds(sighting)}, and is gone`)
  if (sighting.hold === 'unreadable') log.warn({}, 'hold.json held no hold; it is removed')
  else if (sighting.hold !== null) reportRun(log, sighting.hold, { letGoBy: 'somebody else' })
  handshake.forget(sighting)
  collectLog()
}

/** Who, what, since when, as far as the files tell. */
function whoHolds({ hold, ticket }: Sighting): string {
  if (isReadable(hold))
    return `run ${hold.run}, locktables pid ${hold.locker.pid}, since ${hold.frozen?.at ?? hold.askedAt}`
  if (ticket !== null) return `run ${ticket.run}, asked by pid ${ticket.asker.pid}`
  return 'lock files of another hand'
}
