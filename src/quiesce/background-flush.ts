import type { Clock } from '../core/world.ts'
import type { Member } from './member.ts'

/** InnoDB writes and syncs its log by itself so often, in milliseconds (innodb_flush_log_at_timeout, 1 s by default). */
const every = 1000

/** So long before it the lock is asked for, in milliseconds: the server needs some of it to grant the lock. */
const ahead = 20

/** So long InnoDB takes from the beginning of one to its end, which is what is seen of it, in milliseconds. */
const takes = 5

/** How often the log is looked at, in milliseconds. */
const looksEvery = 2

/** By how much one second may differ from another, in milliseconds. */
const jitter = 10

/** How long it is looked for, in milliseconds: two of them, and some more. */
const looksFor = 2.5 * every

export interface BackgroundFlush {
  /** Resolves shortly before InnoDB's next one; at once where nothing is known of it. */
  isNear(): Promise<void>
  /** Has it begun since then? What was committed after that waits for the one after it. */
  wasMissed(): boolean
}

/**
 * On MariaDB before 11 with innodb_flush_log_at_trx_commit = 0 no statement writes InnoDB's log: InnoDB does, once a second, and under the
 * lock we wait for that. So its second is looked for before the lock, while nobody waits, and the lock is asked for just before the next.
 */
export async function backgroundFlush(
  members: readonly Member[],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<BackgroundFlush> {
  const waiting = members.find(({ logFlush }) => logFlush === 'does nothing')
  const seen = waiting === undefined ? null : await seenAt(waiting, clock, signal)
  let next = Infinity
  return {
    async isNear() {
      if (seen === null) return
      const since = (clock.now() - (seen - takes) + ahead) % every
      next = clock.now() + every - since + ahead
      await clock.sleep(every - since, signal)
      signal.throwIfAborted()
    },
    wasMissed: () => clock.now() > next,
  }
}

/** Of the clock, when the flushed LSN moved as it had a second before; null where it never did. Others move it too. */
async function seenAt({ observer }: Member, clock: Clock, signal: AbortSignal): Promise<number | null> {
  const until = clock.now() + looksFor
  const moves: number[] = []
  let { flushedLsn: last } = await observer.flushStatus()
  while (clock.now() < until) {
    await clock.sleep(looksEvery, signal)
    signal.throwIfAborted()
    const { flushedLsn } = await observer.flushStatus()
    if (flushedLsn === last) continue
    last = flushedLsn
    const now = clock.now()
    if (moves.some((move) => Math.abs(now - move - every) <= jitter)) return now
    moves.push(now)
  }
  return null
}
