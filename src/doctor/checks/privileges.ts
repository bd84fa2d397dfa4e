import { Failure } from '../../core/failure.ts'
import { quoteAccount } from '../../core/server-error.ts'
import { type Check, notApplicable, ok, problem } from '../check.ts'

/** What came of asking for something: the answer, or why there is none. */
export type Answer<T> = T | Failure

export interface PrivilegeFacts {
  /** CURRENT_USER(). */
  readonly account: string
  /** The lines of SHOW GRANTS, for what cannot be tried without doing it. */
  readonly grants: Answer<readonly string[]>
  /** What came of reading the coordinates, and of looking at what PROCESS shows. */
  readonly coordinates: Answer<true>
  readonly others: Answer<true>
  /** Whether the server shows this account who holds a global lock. */
  readonly locks: Answer<boolean>
}

/** Each privilege that a freeze needs, with the GRANT where it is missing. */
export function judgePrivileges({ account, grants, coordinates, others, locks }: PrivilegeFacts): Check[] {
  return [
    reload(grants, account),
    tried('REPLICATION CLIENT', coordinates, account),
    tried('PROCESS', others, account),
    evidence(locks, account),
  ]
}

function reload(grants: PrivilegeFacts['grants'], account: string): Check {
  if (grants instanceof Failure) return notApplicable('RELOAD', grants.message)
  return hasGlobal(grants, 'RELOAD')
    ? ok('RELOAD', 'granted: it may lock and flush')
    : missing('RELOAD', account)
}

/** Whether these lines of SHOW GRANTS give a privilege on everything. */
export function hasGlobal(grants: readonly string[], privilege: string): boolean {
  return grants.some((line) => {
    const given = /^GRANT (.*?) ON \*\.\* TO /.exec(line)?.[1]?.split(/,\s*/) ?? []
    return given.some((each) => each === privilege || each === 'ALL PRIVILEGES' || each === 'ALL')
  })
}

const uses: Readonly<Record<string, string>> = {
  'REPLICATION CLIENT': 'it may read the coordinates',
  PROCESS: "it may see other users' statements and InnoDB's log",
}

function tried(privilege: string, answer: Answer<true>, account: string): Check {
  if (answer === true) return ok(privilege, `granted: ${uses[privilege]}`)
  return answer.code === 'privilege-missing'
    ? missing(privilege, account)
    : notApplicable(privilege, answer.message)
}

function missing(privilege: string, account: string): Check {
  return problem(
    privilege,
    `${account} does not have it`,
    `GRANT ${privilege} ON *.* TO ${quoteAccount(account)}`,
  )
}

/** One piece of evidence more for the verdict, and no need. */
function evidence(locks: Answer<boolean>, account: string): Check {
  const name = 'lock evidence'
  if (locks === true) return ok(name, 'performance_schema shows who holds the lock, and the verdict uses it')
  if (locks === false)
    return notApplicable(name, 'performance_schema does not watch metadata locks; the verdict does without')
  const advice = `GRANT SELECT ON performance_schema.* TO ${quoteAccount(account)}, if you want it`
  return notApplicable(
    name,
    'performance_schema does not show locks to this account; the verdict does without',
    advice,
  )
}
