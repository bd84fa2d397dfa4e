import { asFailure, Failure } from '../core/failure.ts'
import type { Handshake, Leash } from '../core/world.ts'

/** Why locktables stops waiting, or holding, before its time is over. */
export class GiveUp extends Error {
  readonly why: 'let-go' | 'stopped' | 'leash-broken'

  constructor(why: GiveUp['why'], message: string) {
    super(message)
    this.why = why
  }
}

export interface Reasons {
  readonly handshake: Handshake
  readonly leash: Leash
  readonly stop: AbortSignal
  /** The text of waitforsnapshot when we began: gone, or another one, means "let go". */
  readonly asked: string
}

/** One signal for everything that ends a wait or a hold early; its reason is a `GiveUp`. */
export function giveUpWhen({
  handshake,
  leash,
  stop,
  asked,
}: Reasons): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const giveUp = (why: GiveUp['why'], message: string) => controller.abort(new GiveUp(why, message))

  const onStop = () => giveUp('stopped', `locktables was stopped: ${String(stop.reason)}`)
  const onBroken = () => giveUp('leash-broken', 'pre-freeze-script died before it handed over')
  const look = () => {
    const { changed, message } = lookAt(handshake, asked)
    if (changed) giveUp(changed, message)
  }

  stop.addEventListener('abort', onStop)
  leash.broken.addEventListener('abort', onBroken)
  const watching = handshake.watch(look)
  look()
  if (stop.aborted) onStop()
  if (leash.broken.aborted) onBroken()

  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      watching[Symbol.dispose]()
      stop.removeEventListener('abort', onStop)
      leash.broken.removeEventListener('abort', onBroken)
    },
  }
}

/** A state directory that can no longer be read cannot tell us to let go either: so we do. */
function lookAt(
  handshake: Handshake,
  asked: string,
): { readonly changed?: GiveUp['why']; readonly message: string } {
  const message = 'waitforsnapshot was removed before the lock was there'
  try {
    return handshake.asked() === asked ? { message } : { changed: 'let-go', message }
  } catch (error) {
    return { changed: 'stopped', message: asFailure(error).message }
  }
}

/** A `GiveUp` before the lock was there is a failure of the freeze. */
export function asFreezeFailure(error: unknown): unknown {
  if (!(error instanceof GiveUp)) return error
  return new Failure(error.why === 'let-go' ? 'cancelled' : 'stopped', error.message)
}
