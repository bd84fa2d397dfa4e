import { describeFlush, type FlushProof, isFlushed } from '../core/flush.ts'
import type { Clock, Observer } from '../core/world.ts'
import { until } from './until.ts'

/**
 * Everything that was written before the lock is on disk. The LSN is read after the lock, so it covers all
 * that came before it; and before the flush, so the flush covers it: what InnoDB writes by itself meanwhile
 * would take up to a second more. It waits for as long as its caller does; `notYet` says what is missing.
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
  const { lsn } = await observer.flushStatus()
  await observer.flushLogs()
  let status = await observer.flushStatus()
  const look = async () => {
    if (!isFlushed(status, lsn)) status = await observer.flushStatus()
    notYet(describeFlush(status, lsn))
    return isFlushed(status, lsn)
  }
  await until(look, { clock, within: Infinity, every: 5 })
  return { wanted: lsn, status }
}
