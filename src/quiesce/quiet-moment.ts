import { Failure } from '../core/failure.ts'
import { mayBeKilled } from '../core/killing.ts'
import { idleOffender } from '../core/idle-holder.ts'
import { describe, offender, type Statement } from '../core/statement.ts'
import { placed } from '../core/server.ts'
import type { Attempting } from './attempting.ts'
import { type Member } from './member.ts'
import { until } from './until.ts'

/**
 * Waits until no statement runs, at any server of the set, that would keep a lock waiting, or does what on-long-query
 * says. A lock that waits keeps every writer waiting behind it, and on MySQL a failed one leaves the table shut until the
 * long statement ends.
 */
export async function quietMoment(attempting: Attempting): Promise<void> {
  const { members, clock, limits, signal, deadline, waitFor } = attempting
  const killed = new Set<string>()
  let found: readonly Found[] = []
  const isQuiet = async () => {
    found = (await Promise.all(members.map((member) => offenderAt(member, attempting)))).flat()
    const [first] = found
    if (first === undefined) return true
    waitFor(`waiting for a quiet moment: ${described(first)}`)
    if (limits.onLongQuery === 'fail') throw inTheWay(first)
    if (limits.onLongQuery === 'kill') await Promise.all(found.map((one) => kill(attempting, one, killed)))
    return false
  }
  const outcome = await until(isQuiet, { clock, within: deadline - clock.now(), signal, every: 100 })
  if (outcome === 'aborted') throw signal.reason
  if (found[0] !== undefined) throw inTheWay(found[0])
}

interface Found {
  readonly member: Member
  readonly said: string
  /** Undefined for a session that rests: it has no statement to end. */
  readonly statement: Statement | undefined
}

async function offenderAt(member: Member, { limits }: Attempting): Promise<readonly Found[]> {
  const { observer, plan, findings } = member
  const { quietQuery } = limits
  // Where the lock waits for readers it waits for every table in use, also by who rests.
  const resting = plan.waitsFor === 'all' ? observer.idleHolders(findings.lockView) : []
  const [statements, holders] = await Promise.all([observer.statements(), resting])
  const statement = offender(statements, { quietQuery, waitsFor: plan.waitsFor })
  if (statement !== undefined) return [{ member, statement, said: describe(statement) }]
  const said = idleOffender(holders, { statements, quietQuery })
  return said === undefined ? [] : [{ member, statement, said }]
}

function described({ member, said }: Found): string {
  return placed(member.name, said)
}

function inTheWay(found: Found): Failure {
  return new Failure('no-quiet-moment', `the lock was not tried, it would wait for ${described(found)}`)
}

/** Once for each statement: one that does not end at once is waited for. */
async function kill({ log, run }: Attempting, found: Found, killed: Set<string>): Promise<void> {
  const { member, statement } = found
  if (statement === undefined || !mayBeKilled(statement)) return
  const which = `${member.name} ${statement.id} ${statement.text}`
  if (killed.has(which)) return
  killed.add(which)
  await member.observer.endStatement(statement.id)
  log.warn({ run, killed: statement }, `ended by KILL QUERY, as on-long-query is kill: ${described(found)}`)
}
