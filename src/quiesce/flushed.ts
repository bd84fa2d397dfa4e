import { describeFlush, type FlushProof, type FlushStatus, isFlushed } from '../core/flush.ts'
import type { Clock, Observer } from '../core/world.ts'
import { until } from './until.ts'

/**
 * Everything that was written before the lock is on disk, or written so that our sync brings it there. The LSN is read after the
 * lock, so it covers all that came before it. Where InnoDB has moved it between flush and look, a second flush covers what was seen: to
 * wait for InnoDB's own would take up to a second. It waits for as long as its caller does; `notYet` says what is missing.
 */
export async function flushed({
  observer,
  clock,
  notYet,
}: {
  readonly observer: Pick<Observer, 'flushStatus' | 'flushLogs'>
  readonly clock: Clock
  readonly notYet: (what: string) => void
}): Promise<FlushProof> {
  await observer.flushLogs()
  let status = await observer.flushStatus()
  const { lsn } = status
  if (isFlushed(status, lsn)) return { by: 'server', wanted: lsn, status }
  const isLeftToSync = (await observer.flushLogs()) === 'writes'
  const isDone = (seen: FlushStatus) => (isLeftToSync ? seen.dirtyBlocks === 0 : isFlushed(seen, lsn))
  const look = async () => {
    status = await observer.flushStatus()
    notYet(describeFlush(status, lsn))
    return isDone(status)
  }
  await until(look, { clock, within: Infinity, every: 5 })
  return { by: isLeftToSync ? 'sync' : 'server', wanted: lsn, status }
}
