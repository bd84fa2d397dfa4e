import { formatDuration } from '../core/duration.ts'
import { Failure } from '../core/failure.ts'
import { pressure } from '../core/pressure.ts'
import type { Clock } from '../core/world.ts'
import { placed } from '../core/server.ts'
import { poolTooSmall } from '../core/thread-pool.ts'
import type { Attempting } from './attempting.ts'
import { backgroundFlush } from './background-flush.ts'
import { leaveNothing } from './leave-nothing.ts'
import { at, type LockedMember, type Member } from './member.ts'
import { flushOwnLogsFirst } from './own-log.ts'
import { quietMoment } from './quiet-moment.ts'
import { inTime, unlessAborted } from './race.ts'
import { together, type Together } from './together.ts'
import { whoIsInTheWay, type Witness, witness } from './witness.ts'

export interface Granted {
  readonly locked: Together<LockedMember>
  readonly attempts: number
  /** Of the clock: when the locks that were granted were asked for. No writer is stopped earlier. */
  readonly lockedAt: number
}

/**
 * Short attempts, each on connections of its own, until one is granted at every server: so no attempt stalls writers
 * for longer than `lockWait`, and those of one server never wait for the quiet moment of another.
 */
export async function lock(attempting: Attempting): Promise<Granted> {
  const { run, limits, clock, log, deadline, signal, watch, stalls, waitFor } = attempting
  const background = await backgroundFlush(attempting.members, { clock, signal })
  let before = ''
  for (let attempts = 1; ; attempts++) {
    await withoutPressure(attempting)
    await flushOwnLogsFirst(attempting)
    await quietAndSynced(attempting)
    waitFor(`waiting for the lock, attempt ${attempts}${before}`)
    const locked = await watch.time('connect the holder', () => unlessAborted(holders(attempting), signal))
    await background.isNear()
    const lockedAt = clock.now()
    stalls.asked()
    const refused = await watch.time('lock', () => attempt(attempting, locked.all))
    if (refused === null && attempts < mostMisses && background.wasMissed()) {
      await letGoAgain(locked, attempting)
      continue
    }
    if (refused === null) return { locked, attempts, lockedAt }

    stalls.gone()
    const { failure, isHopeless } = refused
    const { message } = failure
    log.warn({ run, attempts }, message)
    const pause = backOff(attempts)
    // Less time than that is no attempt, but makes writers wait all the same.
    const isLast = clock.now() + pause + limits.lockWait / 2 >= deadline
    if (isLast || isHopeless || limits.onLongQuery === 'fail') throw failure
    waitFor(message)
    before = `; the one before: ${message}`
    await clock.sleep(pause, signal)
    signal.throwIfAborted()
  }
}

/** A sync that took that long, in milliseconds, was of so much that more has been written meanwhile. */
const longSync = 300

/** How often it is synced again. */
const mostSyncs = 3

/**
 * What is on disk before the lock has not to be written under it, while writers wait. The sync comes last: what is written after it waits.
 */
async function quietAndSynced(attempting: Attempting): Promise<void> {
  const { disks, watch } = attempting
  for (let syncs = 1; ; syncs++) {
    await watch.time('quiet moment', () => quietMoment(attempting))
    const took = await watch.time('sync before the lock', () => disks.syncBeforeLock(attempting.signal))
    if (took < longSync || syncs >= mostSyncs) return
  }
}

/** How often a lock that came too late for InnoDB's own flush is given back: writers would wait a second for the next. */
const mostMisses = 6

async function letGoAgain(
  locked: Together<LockedMember>,
  { log, run, clock, stalls }: Attempting,
): Promise<void> {
  log.info({ run }, "the lock came after InnoDB's own flush, and is asked for again before the next")
  await leaveNothing(locked.all, clock)
  stalls.gone()
}

/** Each attempt that fails makes writers wait, and their applications open more connections. */
async function withoutPressure({ members, limits, signal }: Attempting): Promise<void> {
  const look = ({ observer, findings, name }: Member) =>
    at(name, async () => {
      const pulse = await observer.pulse()
      const withHolder = { ...pulse, connections: pulse.connections + 1 }
      const found = pressure(withHolder, { ...limits, ...findings })
      if (found !== null) throw new Failure('pressure', `the lock was not tried: with its session ${found}`)
      const tooSmall = poolTooSmall({ ...withHolder, ...findings, transport: observer.transport }, 'before')
      if (tooSmall !== null) throw new Failure('thread-pool', `the lock was not tried: ${tooSmall}`)
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
async function attempt(attempting: Attempting, wanted: readonly LockedMember[]): Promise<Refused | null> {
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
    const refused =
      asked.find(({ answer }) => answer() === 'refused') ?? asked.find(({ answer }) => answer() === 'none')
    await leaveNothing(wanted, clock)
    return await whyNot(error, refused ?? asked[0]!)
  } finally {
    for (const { watching } of asked) watching[Symbol.dispose]()
  }
}

interface Asked {
  readonly member: LockedMember
  readonly watching: Witness
  readonly granted: Promise<void>
  answer(): 'none' | 'granted' | 'refused'
}

function ask(member: LockedMember, how: { readonly clock: Clock; readonly within: number }): Asked {
  const watching = witness(member, how)
  let answer: ReturnType<Asked['answer']> = 'none'
  const granted = member.holder.lock().then(
    () => void (answer = 'granted'),
    (error: unknown) => {
      answer = 'refused'
      throw error
    },
  )
  return { member, watching, granted, answer: () => answer }
}

interface Refused {
  readonly failure: Failure
  /** No further attempt: it would be refused as well, and shut tables again. */
  readonly isHopeless: boolean
}

/** At which server, and who kept it waiting there. Throws what is more than a lock that was not granted in time. */
async function whyNot(error: unknown, { member, watching }: Asked): Promise<Refused> {
  if (!(error instanceof Failure)) throw error
  const { code, message } = error
  if (code !== 'lock-not-granted')
    throw new Failure(code, placed(member.name, message), { cause: error.cause })
  const inTheWay = watching.seen() ?? (await whoIsInTheWay(member))
  const failure = new Failure(code, placed(member.name, `${message}, behind ${inTheWay.said}`), {
    cause: error,
  })
  return { failure, isHopeless: inTheWay.isHopeless }
}

/** Milliseconds: writers get at least as long to catch up as they were stalled. */
function backOff(attempts: number): number {
  return Math.min(500 * 2 ** (attempts - 1), 8000)
}
