import { handshakeIn } from '../adapters/handshake.ts'
import { Failure } from '../core/failure.ts'
import type { Inside } from './inside.ts'

/** Throws `busy` while the tables are frozen, or on their way there or back. */
export function refuseWhileBusy(stateDir: string, at: Inside): void {
  const { phase, ticket } = handshakeIn(at(stateDir)).sight()
  if (phase === 'thawed' || phase === 'abandoned') return
  const asked = ticket ? `, asked by pid ${ticket.asker.pid} in run ${ticket.run}` : ''
  throw new Failure('busy', `${stateDir}: the tables are ${phase}${asked}`)
}
