import { dialectOf } from '../../core/dialect.ts'
import { Failure } from '../../core/failure.ts'
import type { LockPlan } from '../../core/lock-choice.ts'
import { isAtLeast, type Server } from '../../core/server.ts'
import type { WaitsFor } from '../../core/lock-table.ts'
import { type Check, notApplicable, ok, problem, warning } from '../check.ts'
import type { Answer } from './privileges.ts'

/** Who we are there, which server it is, and the lock a freeze would take; a failure: no login. */
export type LoginFacts = LoggedIn | Failure

export interface LoggedIn {
  readonly where: string
  readonly server: Server
  readonly plan: Answer<LockPlan>
}

/** The oldest of each family that the lock was tried on. */
const oldest = { mysql: '5.6', percona: '5.6', mariadb: '10.4' } as const

export function judgeLogin(facts: LoginFacts): Check[] {
  if (facts instanceof Failure)
    return [
      problem('login', facts.message, facts.hint),
      notApplicable('server', 'no login, so none of its checks was made'),
    ]
  const { where, server, plan } = facts
  return [ok('login', `${server.account} at ${where}`), version(server), lock(server, plan)]
}

function version(server: Server): Check {
  const seen = `${server.family} ${server.version}`
  const least = oldest[server.family]
  if (isAtLeast(server, least)) return ok('server', seen)
  return warning('server', `${seen}, which nobody has tried`, `${server.family} ${least} or newer`)
}

function lock(server: Server, plan: Answer<LockPlan>): Check {
  if (plan instanceof Failure) return problem('lock', plan.message, plan.hint)
  const { take, waitsFor, coordinates, why } = plan
  const statements = take.map(({ say }) => say).join(', ')
  const from = `${dialectOf(server).coordinates}${coordinates === 'stable' ? '' : ', which are not stable'}`
  return ok('lock', `${statements}, which waits for ${waits[waitsFor]}; coordinates from ${from}; ${why}`)
}

const waits: Readonly<Record<WaitsFor, string>> = {
  all: 'every statement, SELECT included',
  writes: 'statements that write',
  ddl: 'DDL',
}
