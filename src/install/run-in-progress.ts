import { handshakeIn } from '../adapters/handshake.ts'
import { Failure } from '../core/failure.ts'
import type { Attendant } from '../core/world.ts'
import { stateDirsOf } from './state-dirs.ts'
import type { TargetSystem } from './target.ts'

/** Throws `busy` while the tables are frozen, or on their way there or back: by what is installed, or by a bundle of `stateDir`. */
export function refuseWhileBusy(target: TargetSystem, stateDir: string): void {
  for (const directory of new Set([...stateDirsOf(target), stateDir])) refuseRunIn(directory, target)
}

function refuseRunIn(directory: string, { at }: TargetSystem): void {
  const handshake = handshakeIn(at(directory))
  const { phase, ticket } = handshake.sight()
  if (phase === 'thawed' || phase === 'abandoned')
    return refuseWhileAttended(directory, handshake.attendant())
  const asked = ticket ? `, asked by pid ${ticket.asker.pid} in run ${ticket.run}` : ''
  throw new Failure('busy', `${directory}: the tables are ${phase}${asked}`)
}

/** The files may be gone while their locker lives. */
function refuseWhileAttended(directory: string, attendant: Attendant | null): void {
  if (attendant === null) return
  throw new Failure(
    'busy',
    `${directory}: locktables pid ${attendant.locker.pid} holds since ${attendant.since}`,
  )
}
