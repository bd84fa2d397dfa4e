import type { Failure } from '../../core/failure.ts'
import type { IsReplica } from '../../core/findings.ts'
import { nameOfChannel } from '../../core/replica.ts'
import { quoteAccount } from '../../core/server-error.ts'
import type { StoppedThreads } from '../../core/stopped-threads.ts'
import { type Check, ok, problem } from '../check.ts'
import { type Answer, hasGlobal } from './privileges.ts'

export interface ReplicationFacts {
  readonly account: string
  readonly grants: Answer<readonly string[]>
  readonly isReplica: IsReplica | Failure
  readonly replica: 'lock' | 'stop-sql'
  /** The privileges that this server wants for asking, and for stopping SQL threads. */
  readonly maySee: string
  readonly mayStop: string
}

/** What a replica needs beyond other servers; nothing is said of one that is none. */
export function judgeReplication(facts: ReplicationFacts): Check[] {
  const { isReplica, maySee, account, replica } = facts
  if (isReplica !== 'yes' && isReplica !== 'may be') return []
  const seen =
    isReplica === 'yes'
      ? ok('replication', 'it is a replica, and may be asked how far it is')
      : problem(
          'replication',
          `it may be a replica, and ${account} may not ask how far it is: the verdict would be unknown`,
          `GRANT ${maySee} ON *.* TO ${quoteAccount(account)}`,
        )
  return replica === 'lock' ? [seen] : [seen, mayStop(facts)]
}

function mayStop({ grants, account, mayStop: privilege }: ReplicationFacts): Check {
  const given = Array.isArray(grants) && [privilege, 'SUPER'].some((one) => hasGlobal(grants, one))
  if (given) return ok('replica = stop-sql', `it may stop and start SQL threads`)
  return problem(
    'replica = stop-sql',
    `${account} may not stop SQL threads`,
    `GRANT ${privilege} ON *.* TO ${quoteAccount(account)}`,
  )
}

/** `left`: what replica.json says, once nobody lives who would start them. */
export function judgeLeftStopped(left: StoppedThreads | null): Check[] {
  if (left === null) return []
  const which = left.servers.flatMap(({ where, channels }) =>
    channels.map((channel) => `${nameOfChannel(channel)} at ${where}`),
  )
  return [
    problem(
      'SQL threads',
      `run ${left.run} has stopped those of ${which.join(', ')}, and its locktables is gone`,
      'post-thaw-script, or the next freeze, starts them',
    ),
  ]
}
