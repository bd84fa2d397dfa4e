import type { Failure } from '../../core/failure.ts'
import { lockPlanFor } from '../../core/lock-plan.ts'
import { isAtLeast, type Server } from '../../core/server.ts'
import { type Check, notApplicable, ok, problem, warning } from '../check.ts'

/** Who we are there, and which server it is; a failure: no login. */
export type LoginFacts = { readonly where: string; readonly server: Server } | Failure

/** The oldest of each family that the lock was tried on. */
const oldest = { mysql: '5.6', percona: '5.6', mariadb: '10.4' } as const

export function judgeLogin(facts: LoginFacts): Check[] {
  if ('code' in facts)
    return [
      problem('login', facts.message, facts.hint),
      notApplicable('server', 'no login, so none of its checks was made'),
    ]
  const { where, server } = facts
  return [ok('login', `${server.account} at ${where}`), version(server), lock(server)]
}

function version(server: Server): Check {
  const seen = `${server.family} ${server.version}`
  const least = oldest[server.family]
  if (isAtLeast(server, least)) return ok('server', seen)
  return warning('server', `${seen}, which nobody has tried`, `${server.family} ${least} or newer`)
}

function lock(server: Server): Check {
  const { lock: statement, coordinates, waitsForReaders } = lockPlanFor(server)
  const waits = waitsForReaders ? 'every statement, SELECT included' : 'statements that write'
  return ok('lock', `${statement}, which waits for ${waits}; coordinates from ${coordinates}`)
}
