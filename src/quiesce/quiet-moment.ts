import { Failure } from '../core/failure.ts'
import { describe, offender, type Statement } from '../core/statement.ts'
import { until } from './until.ts'
import type { Attempting } from './lock.ts'

/**
 * Waits until no statement runs that would keep the lock waiting. A lock that waits keeps every writer
 * waiting behind it, and on MySQL a failed one leaves the table shut until the long statement ends.
 */
export async function quietMoment({
  observer,
  plan,
  clock,
  limits,
  signal,
  deadline,
  waitFor,
}: Attempting): Promise<void> {
  let found: Statement | undefined
  const outcome = await until(
    async () => {
      found = offender(await observer.statements(), {
        quietQuery: limits.quietQuery,
        waitsForReaders: plan.waitsForReaders,
      })
      if (found) waitFor(`waiting for a quiet moment: ${describe(found)}`)
      return found === undefined
    },
    { clock, within: deadline - clock.now(), signal, every: 100 },
  )
  if (outcome === 'aborted') throw signal.reason
  if (found)
    throw new Failure('no-quiet-moment', `the lock was not tried, it would wait for ${describe(found)}`)
}
