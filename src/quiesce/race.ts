import type { Clock } from '../core/world.ts'

/** The work's result, unless the signal aborts first: then it throws the signal's reason, and leaves the work to its connection's scope. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, abort } = abortion(signal)
  using _listening = abort
  return await Promise.race([work, promise])
}

/** The work's result, or what `late` throws once `within` milliseconds are over. */
export async function inTime<T>(
  work: Promise<T>,
  { clock, within, late }: { readonly clock: Clock; readonly within: number; readonly late: () => Error },
): Promise<T> {
  const done = new AbortController()
  const bell = clock.sleep(within, done.signal).then(() => {
    throw late()
  })
  try {
    return await Promise.race([work, bell])
  } finally {
    done.abort()
  }
}

function abortion(signal: AbortSignal): { readonly promise: Promise<never>; readonly abort: Disposable } {
  let listener = () => {}
  const promise = new Promise<never>((_resolve, reject) => {
    listener = () => reject(signal.reason)
    if (signal.aborted) listener()
    else signal.addEventListener('abort', listener, { once: true })
  })
  return { promise, abort: { [Symbol.dispose]: () => signal.removeEventListener('abort', listener) } }
}
