import { Failure } from '../core/failure.ts'
import { mayBeKilled } from '../core/killing.ts'
import { describe, offender, type Statement } from '../core/statement.ts'
import type { Attempting } from './lock.ts'
import { until } from './until.ts'

/**
 * Waits until no statement runs that would keep the lock waiting, or does what on-long-query says. A lock that waits
 * keeps every writer waiting behind it, and on MySQL a failed one leaves the table shut until the long statement ends.
 */
export async function quietMoment(attempting: Attempting): Promise<void> {
  const { observer, plan, clock, limits, signal, deadline, waitFor } = attempting
  const killed = new Set<string>()
  let found: Statement | undefined
  const isQuiet = async () => {
    found = offender(await observer.statements(), { quietQuery: limits.quietQuery, waitsFor: plan.waitsFor })
    if (found === undefined) return true
    waitFor(`waiting for a quiet moment: ${describe(found)}`)
    if (limits.onLongQuery === 'fail') throw inTheWay(found)
    if (limits.onLongQuery === 'kill' && mayBeKilled(found)) await kill(attempting, { found, killed })
    return false
  }
  const outcome = await until(isQuiet, { clock, within: deadline - clock.now(), signal, every: 100 })
  if (outcome === 'aborted') throw signal.reason
  if (found) throw inTheWay(found)
}

function inTheWay(found: Statement): Failure {
  return new Failure('no-quiet-moment', `the lock was not tried, it would wait for ${describe(found)}`)
}

/** Once for each statement: one that does not end at once is waited for. */
async function kill(
  { observer, log, run }: Attempting,
  { found, killed }: { readonly found: Statement; readonly killed: Set<string> },
): Promise<void> {
  const which = `${found.id} ${found.text}`
  if (killed.has(which)) return
  killed.add(which)
  await observer.endStatement(found.id)
  log.warn({ run, killed: found }, `ended by KILL QUERY, as on-long-query is kill: ${describe(found)}`)
}
