import type { Clock } from '../core/world.ts'

export interface Until {
  readonly clock: Clock
  /** Milliseconds until it gives up. */
  readonly within: number
  readonly signal?: AbortSignal
  /** Calls back whenever the answer may have changed; between calls it asks every `every` ms. */
  readonly watch?: (look: () => void) => Disposable
  readonly every?: number
}

/** Asks until the answer is yes. Resolves to how it came out; every wait of this program is one of these. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { clock, within, signal, watch, every = 250 }: Until,
): Promise<'yes' | 'late' | 'aborted'> {
  const deadline = clock.now() + within
  let wake = new AbortController()
  // Watch first, then look: the other order lost 14 changes of 1500.
  using _watching = watch?.(() => wake.abort()) ?? nothing
  for (;;) {
    wake = new AbortController()
    if (await condition()) return 'yes'
    if (signal?.aborted) return 'aborted'
    const left = deadline - clock.now()
    if (left <= 0) return 'late'
    await clock.sleep(Math.min(left, every), signal ? AbortSignal.any([signal, wake.signal]) : wake.signal)
  }
}

const nothing: Disposable = { [Symbol.dispose]: () => {} }
