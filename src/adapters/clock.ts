import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../core/world.ts'

export const clock: Clock = {
  now: () => performance.now(),
  today: () => new Date(),
  sleep: async (milliseconds, signal) => {
    if (signal?.aborted) return
    await delay(Math.max(0, milliseconds), undefined, signal && { signal }).catch(ignoreAbort)
  },
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error
}
