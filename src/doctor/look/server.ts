import { connectionFor } from '../../adapters/settings.ts'
import { dialectOf } from '../../core/dialect.ts'
import { asFailure, Failure } from '../../core/failure.ts'
import type { Findings } from '../../core/findings.ts'
import { chooseLock, type LockPlan } from '../../core/lock-choice.ts'
import type { Server } from '../../core/server.ts'
import type { Settings } from '../../core/settings.ts'
import type { ServerPlace } from '../../core/world.ts'
import type { DiskFacts } from '../checks/disks.ts'
import type { Variables } from '../checks/durability.ts'
import type { EngineFacts } from '../checks/engines.ts'
import type { LoginFacts } from '../checks/login.ts'
import type { Answer, PrivilegeFacts } from '../checks/privileges.ts'
import type { ReplicationFacts } from '../checks/replication.ts'
import type { ThreadPoolFacts } from '../checks/thread-pool.ts'
import type { TrafficFacts } from '../checks/traffic.ts'
import { lookAtDisks } from './disks.ts'

export interface ServerFacts {
  readonly login: LoginFacts
  /** Null without a login. */
  readonly inside: {
    readonly privileges: PrivilegeFacts
    readonly replication: ReplicationFacts
    readonly engines: EngineFacts
    readonly durability: Variables
    readonly disks: DiskFacts
    readonly traffic: TrafficFacts
    readonly threadPool: ThreadPoolFacts
  } | null
}

/** Logs in as a run would, asks, and leaves. */
export async function lookAtServer(settings: Settings): Promise<ServerFacts> {
  try {
    const connection = connectionFor(settings)
    // The driver is loaded for this alone
    const { examine } = await import('../../adapters/database-examination.ts')
    await using session = await examine(connection)
    const { server, where } = session
    const findings = await answer(session.findings())
    const plan = findings instanceof Failure ? findings : await answer(planFor(server, settings, findings))
    return { login: { where, server, plan }, inside: await asked(session, settings, { plan, findings }) }
  } catch (error) {
    return { login: asFailure(error), inside: null }
  }
}

type Session = Awaited<ReturnType<typeof import('../../adapters/database-examination.ts').examine>>

async function asked(
  session: Session,
  { quietQuery, replica, recordDir, flushWithin }: Settings,
  { plan, findings }: { readonly plan: Answer<LockPlan>; readonly findings: Answer<Findings> },
): Promise<NonNullable<ServerFacts['inside']>> {
  const grants = await answer(session.grants())
  const others = await answer(session.mayWatchOthers())
  const connections = await answer(session.connections())
  const { maySeeReplica: maySee, mayStopSqlThread: mayStop } = dialectOf(session.server)
  return {
    privileges: {
      account: session.server.account,
      grants,
      coordinates: await answer(session.mayReadCoordinates()),
      others,
      locks: await answer(session.seesLocks()),
    },
    replication: {
      account: session.server.account,
      grants,
      isReplica: findings instanceof Failure ? findings : findings.isReplica,
      replica,
      maySee,
      mayStop,
    },
    engines: {
      account: session.server.account,
      tables: await answer(session.tablesByEngine()),
      loaded: await answer(session.loadedEngines()),
      ownLog: await answer(session.ownLog()),
      grants,
      lock: plan instanceof Failure ? 'ftwrl' : plan.lock,
      flushWithin,
    },
    durability: await answer(session.durability()),
    disks: await lookAtDisks(placeOf(session), recordDir),
    traffic: {
      statements: await answer(session.statements()),
      seesOthers: others === true,
      quietQuery,
      waitsFor: plan instanceof Failure ? 'all' : plan.waitsFor,
      connections,
    },
    threadPool: { findings, transport: session.transport, connections },
  }
}

async function placeOf(session: Session): Promise<ServerPlace> {
  const { where, transport } = session
  return { paths: await session.paths(), where, transport, coordinates: () => session.coordinates() }
}

/** The lock that a freeze would take now. */
async function planFor(server: Server, { lock }: Settings, findings: Findings): Promise<LockPlan> {
  return chooseLock(lock, { server, findings })
}

async function answer<T>(asking: Promise<T>): Promise<Answer<T>> {
  try {
    return await asking
  } catch (error) {
    return asFailure(error)
  }
}
