import { asFailure, Failure } from '../core/failure.ts'
import { formatChannel, type ReplicaChannel, type Replication, underLock } from '../core/replica.ts'
import { placed } from '../core/server.ts'
import type { Stopwatch } from '../core/step.ts'
import type { ReplicaSession } from '../core/world.ts'
import type { Held } from './held.ts'
import { at, type Member, type Rehearsed } from './member.ts'
import { inTime, unlessAborted } from './race.ts'
import { together, type Together } from './together.ts'

/** Logs in once more to each replica of the set, and asks there what will be asked under the lock. */
export async function joinReplicas(
  held: Held,
  members: readonly Rehearsed[],
  watch: Stopwatch,
): Promise<Together<Member>> {
  const open = () => together(members.map((member) => at(member.name, () => sessionFor(member, held))))
  const isNone = members.every(({ findings }) => findings.isReplica === 'no')
  const sessions = isNone
    ? await open()
    : await watch.time('connect to replication', () => unlessAborted(open(), held.giveUp))
  return { ...sessions, all: members.map((member, index) => ({ ...member, replica: sessions.all[index]! })) }
}

async function sessionFor(member: Rehearsed, held: Held): Promise<ReplicaSession> {
  const { findings, database, observer } = member
  if (findings.isReplica === 'no') return noReplica(observer.where)
  const session = await database.replica()
  try {
    tell(await session.channels(), member, held)
  } catch (error) {
    if (held.limits.replica === 'lock' && isNotAllowed(error)) warn(member, held, asFailure(error).message)
    else {
      await session[Symbol.asyncDispose]()
      throw error
    }
  }
  return session
}

function isNotAllowed(error: unknown): boolean {
  return error instanceof Failure && error.code === 'privilege-missing'
}

/** A position that is not exact is none to start a position-based replica from. */
function tell(channels: readonly ReplicaChannel[], member: Rehearsed, held: Held): void {
  if (held.limits.replica === 'stop-sql') return
  for (const channel of channels.map((one) => underLock(member.plan.lock, one)))
    if (channel.positionIs === 'not exact' && (channel.follows === 'position' || channel.gtid === ''))
      warn(member, held, `the position of replication will not be exact: ${formatChannel(channel)}`)
}

function warn({ name }: Rehearsed, { log, run }: Held, what: string): void {
  log.warn({ run }, placed(name, what))
}

function noReplica(where: string): ReplicaSession {
  return {
    where,
    channels: async () => [],
    openTemporaryTables: async () => 0,
    stopSqlThread: async () => {},
    startSqlThread: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
}

/**
 * How far replication is; `unknown`, and a line in the log, where no answer came within that many milliseconds: the SQL
 * thread may wait for our lock while the status waits for it, and nobody fails for want of this.
 */
export async function replicationOf(
  { replica, plan, name }: Member,
  { clock, log, run }: Held,
  within: number,
): Promise<Replication> {
  const late = () => new Failure('connection-lost', `no answer within ${within} ms`)
  try {
    const channels = await inTime(replica.channels(), { clock, within, late })
    return channels.map((channel) => underLock(plan.lock, channel))
  } catch (error) {
    const what = `how far replication is could not be asked: ${asFailure(error).message}`
    log.warn({ run, err: error }, placed(name, what))
    return 'unknown'
  }
}
