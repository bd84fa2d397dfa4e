import { asFailure } from '../core/failure.ts'
import { isReadable } from '../core/hold.ts'
import { parseTicket, type Ticket } from '../core/ticket.ts'
import type { Clock, Handshake, Log } from '../core/world.ts'

interface Asking {
  readonly handshake: Handshake
  readonly clock: Clock
  readonly log: Log
  /** By which its thaw is told from that of another invoker; null where it cannot be. */
  readonly knownAs: string | null
}

/**
 * Remembers a freeze that was refused as `busy`, unless the same invoker holds: then its thaw has to let go. What cannot be written
 * must not hide why the freeze was refused.
 */
export function rememberRefusal({ handshake, clock, log, knownAs }: Asking, error: unknown): void {
  const { code, message } = asFailure(error)
  if (code !== 'busy' || knownAs === null) return
  try {
    const holder = holderIn(handshake)
    if (holder?.invoker?.name === knownAs) return
    const at = clock.today().toISOString()
    handshake.refuse({ invoker: knownAs, at, run: holder?.run ?? null, why: message })
  } catch (trouble) {
    log.warn({ err: trouble }, `the thaw of ${knownAs} may let go of what another one holds`)
  }
}

/** What is to be said of a thaw whose freeze was refused; it has let nothing go. */
export interface Refused {
  readonly what: 'refused'
  readonly invoker: string
  /** Who held, for people. */
  readonly why: string
}

/**
 * The thaw of that freeze. Forgotten with it, unless the one that it was refused for still holds: agents may thaw twice, and neither
 * is for them to end.
 */
export function thawOfRefused(
  {
    handshake,
    log,
  }: { readonly handshake: Pick<Handshake, 'sight' | 'refusal' | 'admit'>; readonly log: Log },
  invoker: string,
): Refused {
  const refusal = handshake.refusal(invoker)
  const why = refusal?.why ?? 'another one held the tables'
  log.warn({ refusal }, `nothing let go: this is the thaw of ${invoker}, whose freeze was refused: ${why}`)
  const run = refusal?.run ?? null
  if (run === null || holderIn(handshake)?.run !== run) handshake.admit(invoker)
  return { what: 'refused', invoker, why }
}

function holderIn(handshake: Pick<Handshake, 'sight'>): Ticket | null {
  const { ticket, hold } = handshake.sight()
  return ticket ?? (isReadable(hold) && hold.ended === null ? parseTicket(hold.asked) : null)
}
