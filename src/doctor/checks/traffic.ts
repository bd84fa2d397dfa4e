import { formatDuration } from '../../core/duration.ts'
import { Failure } from '../../core/failure.ts'
import type { WaitsFor } from '../../core/lock-table.ts'
import { describe, offender, type Statement } from '../../core/statement.ts'
import { type Check, notApplicable, ok, problem, warning } from '../check.ts'
import type { Answer } from './privileges.ts'

export interface TrafficFacts {
  readonly statements: Answer<readonly Statement[]>
  /** Whether those of other users are among them. */
  readonly seesOthers: boolean
  /** Milliseconds. */
  readonly quietQuery: number
  readonly waitsFor: WaitsFor
  readonly connections: Answer<Connections>
}

/** Our own one, that looks, is among those that are in use. */
export interface Connections {
  readonly most: number
  readonly inUse: number
  /** Of this account alone; 0: no limit. */
  readonly mostOfAccount: number
}

/** What a freeze would have to wait for right now. */
export function judgeTraffic(facts: TrafficFacts): Check[] {
  return [statements(facts), connections(facts.connections)]
}

function statements({ statements: running, seesOthers, quietQuery, waitsFor }: TrafficFacts): Check {
  const name = 'long statements'
  if (running instanceof Failure) return notApplicable(name, running.message)
  if (!seesOthers) return notApplicable(name, "other users' statements are hidden without PROCESS")
  const found = offender(running, { quietQuery, waitsFor })
  if (!found)
    return ok(name, `none that a freeze would wait for runs for ${formatDuration(quietQuery)} or longer`)
  return warning(
    name,
    `a freeze would wait for ${describe(found)}`,
    `end it (KILL ${found.id}), or take the snapshot at another hour`,
  )
}

/** A freeze logs in twice, and this look once. */
const needed = 2
const comfortable = 5

function connections(answer: Answer<Connections>): Check {
  const name = 'connections'
  if (answer instanceof Failure) return notApplicable(name, answer.message)
  const { most, inUse, mostOfAccount } = answer
  if (mostOfAccount > 0 && mostOfAccount < needed)
    return problem(
      name,
      `the account may have ${mostOfAccount}, and a freeze needs ${needed}`,
      'raise MAX_USER_CONNECTIONS of the account',
    )
  const free = Math.max(0, most - inUse + 1)
  const seen = `${free} of ${most} are free, and a freeze needs ${needed}`
  if (free < needed) return problem(name, seen, 'raise max_connections')
  return free < comfortable ? warning(name, seen, 'raise max_connections') : ok(name, seen)
}
