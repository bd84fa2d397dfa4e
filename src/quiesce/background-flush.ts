import type { Clock } from '../core/world.ts'
import type { Member } from './member.ts'

/** InnoDB writes and syncs its log by itself so often, in milliseconds (innodb_flush_log_at_timeout, 1 s by default). */
const every = 1000

/** So long before it the lock is asked for, in milliseconds: what comes between the lock and the look at the log. */
const ahead = 12

/** How often the log is looked at, in milliseconds. */
const looks = 2

export interface BackgroundFlush {
  /** Resolves shortly before InnoDB's next one; at once where nothing is known of it. */
  isNear(signal: AbortSignal): Promise<void>
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
  return {
    async isNear(over) {
      if (seen === null) return
      const since = (clock.now() - seen + ahead) % every
      await clock.sleep(every - since, over)
      over.throwIfAborted()
    },
  }
}

/** Of the clock, when the flushed LSN moved; null where nothing was written in two seconds. */
async function seenAt({ observer }: Member, clock: Clock, signal: AbortSignal): Promise<number | null> {
  const until = clock.now() + 2 * every
  const { flushedLsn: first } = await observer.flushStatus()
  while (clock.now() < until) {
    await clock.sleep(looks, signal)
    signal.throwIfAborted()
    const { flushedLsn } = await observer.flushStatus()
    if (flushedLsn !== first) return clock.now()
  }
  return null
}
