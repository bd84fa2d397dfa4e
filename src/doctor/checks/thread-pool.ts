import type { Transport } from '../../core/connection.ts'
import { Failure } from '../../core/failure.ts'
import type { Findings } from '../../core/findings.ts'
import { enoughThreads, isByAdminPort, poolTooSmall } from '../../core/thread-pool.ts'
import { type Check, notApplicable, ok, problem } from '../check.ts'
import type { Answer } from './privileges.ts'
import type { Connections } from './traffic.ts'

export interface ThreadPoolFacts {
  readonly findings: Answer<Pick<Findings, 'threadPool' | 'adminPort' | 'maxConnections'>>
  readonly transport: Transport
  readonly connections: Answer<Connections>
}

/** Whether writers that wait could take every thread that would have to let go of the lock. */
export function judgeThreadPool({ findings, transport, connections }: ThreadPoolFacts): Check[] {
  const name = 'thread pool'
  if (findings instanceof Failure) return [notApplicable(name, findings.message)]
  if (connections instanceof Failure) return [notApplicable(name, connections.message)]
  const { threadPool, maxConnections } = findings
  if (threadPool === null)
    return [ok(name, 'none whose threads waiting writers could take from the one who unlocks')]
  if (isByAdminPort(transport, findings)) return [ok(name, `passed by: ${findings.adminPort} is extra_port`)]
  const tooSmall = poolTooSmall({ ...findings, transport, connections: connections.inUse }, 'before')
  const seen = `${threadPool.mostThreads} threads at most, and ${connections.inUse} connections in use`
  if (tooSmall === null) return [ok(name, seen)]
  const enough = enoughThreads(threadPool, maxConnections)
  return [
    problem(
      name,
      `a freeze would be refused: ${tooSmall}`,
      `set extra_port and extra_max_connections = 10 on the server and admin-port of ours, or thread_pool_max_threads = ${enough}`,
    ),
  ]
}
