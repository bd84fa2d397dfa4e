import { formatFrozen } from '../core/coordinates.ts'
import { asFailure, Failure } from '../core/failure.ts'
import type { Ended, Frozen, FrozenServer } from '../core/hold.ts'
import type { Stopwatch } from '../core/step.ts'
import { placed } from '../core/server.ts'
import type { OpenRecord } from '../core/world.ts'
import { gather } from './gather.ts'
import type { Held } from './held.ts'
import { leaveNothing } from './leave-nothing.ts'
import { lock } from './lock.ts'
import type { LockedMember, Member } from './member.ts'
import { type Proof, prove } from './prove.ts'
import { unlessAborted } from './race.ts'
import { readyDisks } from './ready-disks.ts'
import { release } from './release.ts'
import { joinReplicas } from './replication.ts'
import { type SqlThreads, sqlThreads } from './sql-threads.ts'
import { stopSql } from './stop-sql.ts'
import { untilItEnds } from './until-it-ends.ts'
import { watchedDisks } from './watched-disks.ts'

/** From the first connection to the release of the locks. Throws where they never were, or could not be proved. */
export async function underLock(held: Held): Promise<Ended> {
  const { databases, handshake, clock, log, limits, publish, watch } = held
  const deadline = clock.now() + limits.freezeWithin - lastWords(limits)
  const waitFor = (doing: string) => publish({ doing })

  await using set = await gather(held, watch)
  await using replicas = await joinReplicas(held, set.all, watch)
  const members = replicas.all
  // Started again after the sessions that hold the locks are gone, whatever comes.
  await using threads = sqlThreads(held, members)
  await stopOrStart({ held, members, threads, deadline, watch, waitFor })
  await using record = await watch.time('open the record', () =>
    openRecord(held, { databases: databases.length, deadline }),
  )
  using disks = await watch.time('find the disks', () =>
    unlessAborted(readyDisks(held, members), held.giveUp),
  )
  using watched = watchedDisks(held, disks.fileSystems)
  await unlessAborted(watched.ready(watch), held.giveUp)
  const attempting = { ...held, members, disks, deadline, signal: held.giveUp, waitFor }
  const { attempts, lockedAt, ...granted } = await lock(attempting)
  await using locked = granted.locked

  const holdUntil = lockedAt + limits.holdAtMost
  const within = Math.min(limits.flushWithin, holdUntil - clock.now())
  const proving = prove({ held, locked: locked.all, record, disks, watch, within })
  const proofs = await unlessLost(proving, locked.all, held)
  const at = clock.today().toISOString()
  const servers = locked.all.map((member, index) => frozenServer(member, proofs[index]!, threads))
  const frozen: Frozen = { at, attempts, servers, steps: watch.steps() }
  publish({ frozen })
  watched.begin()
  handshake.answer()
  log.info({ run: held.run, servers, attempts }, `frozen at ${formatFrozen(frozen)}`)

  const end = await untilItEnds({ held, locked: locked.all, holdUntil })
  return await release({ held, locked: locked.all, frozen, watched, end, lockedAt })
}

/** Milliseconds at the end of freeze-within for saying why, before pre-freeze-script gives up: it began earlier. */
function lastWords({ freezeWithin }: Held['limits']): number {
  return Math.min(Math.max(freezeWithin / 10, 1000), freezeWithin / 2)
}

interface Opening {
  readonly databases: number
  readonly deadline: number
}

/** Nothing is opened on a disk that hangs: who waits for that hears no signal. */
async function openRecord(
  { recorder, clock, giveUp }: Held,
  { databases, deadline }: Opening,
): Promise<OpenRecord> {
  await unlessAborted(recorder.ready(deadline - clock.now()), giveUp)
  return await recorder.open(databases)
}

interface Stopping {
  readonly held: Held
  readonly members: readonly Member[]
  readonly threads: SqlThreads
  readonly deadline: number
  readonly watch: Stopwatch
  readonly waitFor: (what: string) => void
}

/** What an earlier locker has left stopped ran before it: so it is started now, or stays stopped and is started after this thaw. */
async function stopOrStart({ held, members, threads, deadline, watch, waitFor }: Stopping): Promise<void> {
  const { clock, giveUp: signal, limits } = held
  if (limits.replica === 'lock') await Promise.all(members.map((member) => threads.start(member)))
  else if (members.some(({ findings }) => findings.isReplica !== 'no'))
    await watch.time('stop SQL threads', () =>
      stopSql(members, { clock, deadline, signal, waitFor, threads }),
    )
}

/** A lock that is lost while it is being proved was not there for all of the proof. One that cannot be proved must not stay. */
async function unlessLost<T>(
  proof: Promise<T>,
  locked: readonly LockedMember[],
  { giveUp, clock, log, run }: Held,
): Promise<T> {
  try {
    return await unlessAborted(proof, AbortSignal.any([giveUp, ...locked.map(({ holder }) => holder.lost)]))
  } catch (cause) {
    const losing = locked.find(({ holder }) => holder.lost.aborted)
    const seen = losing === undefined ? asFailure(cause).message : lostConnection(losing)
    await leaveNothing(locked, clock).catch((error: unknown) => {
      const { code, message } = asFailure(error)
      if (code === 'may-be-locked') throw new Failure(code, `${seen}; ${message}`, { cause })
      log.warn({ run, err: error }, `not proved, and ${message}`)
    })
    if (losing === undefined) throw cause
    throw new Failure('connection-lost', `${seen}, and the lock with it`, { cause })
  }
}

function lostConnection({ name, holder: { connection } }: LockedMember): string {
  return placed(name, `connection ${connection} was lost`)
}

function frozenServer(member: LockedMember, proof: Proof, threads: SqlThreads): FrozenServer {
  const { observer, plan, holder } = member
  return {
    where: observer.where,
    server: observer.server,
    lock: plan.lock,
    statements: plan.take.map(({ say }) => say),
    why: plan.why,
    coordinatesAre: plan.coordinates,
    connection: holder.connection,
    ...proof,
    stopped: threads.stoppedAt(member),
  }
}
