import { formatDuration } from '../core/duration.ts'
import { Failure } from '../core/failure.ts'
import { pressure } from '../core/pressure.ts'
import type { Stopwatch } from '../core/step.ts'
import type { Clock, Holder, Log } from '../core/world.ts'
import { placed } from '../core/server.ts'
import type { Limits } from './limits.ts'
import { at, type LockedMember, type Member } from './member.ts'
import { quietMoment } from './quiet-moment.ts'
import { inTime, unlessAborted } from './race.ts'
import { allDone, together, type Together } from './together.ts'
import { until } from './until.ts'
import { whoIsInTheWay, type Witness, witness } from './witness.ts'

export interface Attempting {
  readonly members: readonly Member[]
  readonly run: string
  readonly clock: Clock
  readonly log: Log
  readonly limits: Limits
  readonly signal: AbortSignal
  /** Of the clock: when the freeze as a whole has failed. */
  readonly deadline: number
  readonly watch: Stopwatch
  /** Says what we wait for now. */
  readonly waitFor: (what: string) => void
}

export interface Granted {
  readonly locked: Together<LockedMember>
  readonly attempts: number
  /** Of the clock: when the locks that were granted were asked for. No writer is stopped earlier. */
  readonly lockedAt: number
}

/** How long a connection may take to go after KILL, in milliseconds. */
const goneWithin = 2000

/**
 * Short attempts, each on connections of its own, until one is granted at every server: so no attempt stalls writers
 * for longer than `lockWait`, and those of one server never wait for the quiet moment of another.
 */
export async function lock(attempting: Attempting): Promise<Granted> {
  const { run, limits, clock, log, deadline, signal, watch, waitFor } = attempting
  let before = ''
  for (let attempts = 1; ; attempts++) {
    await withoutPressure(attempting)
    await watch.time('quiet moment', () => quietMoment(attempting))
    waitFor(`waiting for the lock, attempt ${attempts}${before}`)
    const locked = await watch.time('connect the holder', () => unlessAborted(holders(attempting), signal))
    const lockedAt = clock.now()
    const refusal = await watch.time('lock', () => attempt(attempting, locked.all))
    if (refusal === null) return { locked, attempts, lockedAt }

    const { message } = refusal
    log.warn({ run, attempts }, message)
    const pause = backOff(attempts)
    // Less time than that is no attempt, but makes writers wait all the same.
    const isLast = clock.now() + pause + limits.lockWait / 2 >= deadline
    if (isLast || limits.onLongQuery === 'fail') throw refusal
    waitFor(message)
    before = `; the one before: ${message}`
    await clock.sleep(pause, signal)
    signal.throwIfAborted()
  }
}

/** Each attempt that fails makes writers wait, and their applications open more connections. */
async function withoutPressure({ members, limits, signal }: Attempting): Promise<void> {
  const look = ({ observer, findings, name }: Member) =>
    at(name, async () => {
      const found = pressure(await observer.pulse(), { ...limits, ...findings })
      if (found !== null) throw new Failure('pressure', `the lock was not tried: ${found}`)
    })
  await unlessAborted(Promise.all(members.map(look)), signal)
}

/** A session at every server, ready to lock. */
async function holders({ members, limits }: Attempting): Promise<Together<LockedMember>> {
  const sessions = await together(
    members.map(({ database, plan, name }) => at(name, () => database.connect(plan, limits))),
  )
  const all = members.map((member, index) => ({ ...member, holder: sessions.all[index]! }))
  return { ...sessions, all }
}

/** One attempt at every server: null where all are granted, else why not, with nothing left on any of them. */
async function attempt(attempting: Attempting, wanted: readonly LockedMember[]): Promise<Failure | null> {
  const { clock, limits, signal, deadline } = attempting
  const within = Math.max(1, Math.ceil(Math.min(limits.lockWait, deadline - clock.now())))
  const asked = wanted.map((member) => ask(member, { clock, within }))
  try {
    const late = () => new Failure('lock-not-granted', `no lock within ${formatDuration(within)}`)
    await unlessAborted(
      inTime(Promise.all(asked.map(({ granted }) => granted)), { clock, within, late }),
      signal,
    )
    return null
  } catch (error) {
    const refused = asked.find(({ isGranted }) => !isGranted()) ?? asked[0]!
    await allDone(asked.map(({ member }) => leaveNothing(attempting, member)))
    if (!(error instanceof Failure) || error.code !== 'lock-not-granted') throw error
    return new Failure(error.code, error.message + (await behind(refused)), { cause: error })
  } finally {
    for (const { watching } of asked) watching[Symbol.dispose]()
  }
}

interface Asked {
  readonly member: LockedMember
  readonly watching: Witness
  readonly granted: Promise<void>
  isGranted(): boolean
}

function ask(member: LockedMember, how: { readonly clock: Clock; readonly within: number }): Asked {
  const watching = witness(member, how)
  let isGranted = false
  const granted = at(member.name, () => member.holder.lock()).then(() => void (isGranted = true))
  return { member, watching, granted, isGranted: () => isGranted }
}

/** Who kept it waiting. */
async function behind({ member, watching }: Asked): Promise<string> {
  const inTheWay = watching.seen() ?? (await whoIsInTheWay(member))
  return inTheWay === undefined ? '' : `, behind ${placed(member.name, inTheWay)}`
}

/**
 * A FLUSH TABLES WITH READ LOCK that failed can still hold the global lock, until its connection is closed
 * (seen on MySQL 5.6, 5.7, 8.0 and 9.7). So the connection is ended from the other one, and looked for.
 */
async function leaveNothing({ clock }: Attempting, { observer, holder, name }: LockedMember): Promise<void> {
  // Closed only after it is gone: on MySQL 5.7 a session that is killed while it sees its client leave may never end.
  await using closing: Holder = holder
  const { connection } = closing
  const stays = () => {
    const what = `connection ${connection} is still there ${goneWithin} ms after KILL`
    return new Failure('lock-not-granted', placed(name, what))
  }
  await inTime(observer.endConnection(connection), { clock, within: goneWithin, late: stays })
  const isGone = async () => !(await observer.isConnected(connection))
  if ((await until(isGone, { clock, within: goneWithin, every: 20 })) !== 'yes') throw stays()
}

/** Milliseconds: writers get at least as long to catch up as they were stalled. */
function backOff(attempts: number): number {
  return Math.min(500 * 2 ** (attempts - 1), 8000)
}
