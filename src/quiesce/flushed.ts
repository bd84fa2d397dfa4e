import { Failure } from '../core/failure.ts'
import { describeFlush, type FlushProof, isFlushed } from '../core/flush.ts'
import type { Clock, Observer } from '../core/world.ts'
import { until } from './until.ts'

/**
 * Everything that was written before the lock is on disk. The LSN is read after the lock, so it covers all
 * that came before it; and before the flush, so the flush covers it: what InnoDB writes by itself meanwhile
 * would take up to a second more.
 */
export async function flushed({
  observer,
  clock,
  within,
}: {
  readonly observer: Observer
  readonly clock: Clock
  readonly within: number
}): Promise<FlushProof> {
  const { lsn } = await observer.flushStatus()
  await observer.flushLogs()
  let status = await observer.flushStatus()
  const isDone = () => isFlushed(status, lsn)
  const look = async () => {
    if (!isDone()) status = await observer.flushStatus()
    return isDone()
  }
  if ((await until(look, { clock, within, every: 5 })) === 'yes') return { wanted: lsn, status }
  throw new Failure('flush-timeout', `not on disk within ${within} ms: ${describeFlush(status, lsn)}`)
}
