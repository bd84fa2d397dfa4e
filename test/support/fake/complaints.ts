import type { Frozen, FrozenServer } from '../../../src/core/hold.ts'
import { asFailure } from '../../../src/core/failure.ts'
import { parseTicket } from '../../../src/core/ticket.ts'
import type { Thaw } from '../../../src/quiesce/thaw.ts'
import type { FakeServer } from './server.ts'
import { guestBegan } from './process.ts'
import type { Guest } from './guest.ts'
import type { Played, PlayedFreeze, Scene } from './play-out.ts'

/** For latencies that add up, in milliseconds. */
const slack = 100

/** What happened so short a time ago, in milliseconds, the others need not know yet. */
const momentary = 5

/** How long the locker may take for its last questions, and for UNLOCK TABLES, together. */
const lastWords = 2000

/** Undone within this, in milliseconds. */
const undoneWithin = 5000

/** What is wrong at the end of pre-freeze-script. */
export function atEndOfFreeze(scene: Scene, freeze: PlayedFreeze): string[] {
  const result = freeze.result()
  const { freezeWithin } = scene.guest.limits
  if (result === undefined) return []
  return [
    ...tooLong(scene, freeze, freezeWithin + undoneWithin),
    ...('value' in result ? notFrozen(scene, result.value) : notUndone(scene, freeze, result.failure)),
  ]
}

/** "Frozen" was said: is it so, at every server? Not where it was taken away in the same moment, which the verdict will say. */
function notFrozen({ guest, disturbances }: Scene, frozen: Frozen): string[] {
  const { servers, schedule } = guest
  if (disturbances.some((time) => schedule.now() - time < momentary)) return []
  const seen = [
    ...servers.flatMap((server, index) => notFrozenAt(server, frozen.servers[index], guest)),
    ...servers.flatMap((server) => heldTwice(server)),
  ]
  return seen.map((what) => `frozen at ${schedule.now()}, but ${what}`)
}

function notFrozenAt(server: FakeServer, frozen: FrozenServer | undefined, { recordDir }: Guest): string[] {
  if (frozen === undefined) return [`nothing is said of ${server.where}`]
  const { connection, coordinates, where } = frozen
  const recorded = recordDir.record?.servers.find((one) => one.where === where)
  return [
    server.lock.isHeldBy(connection) ? '' : `connection ${connection} of ${where} has no lock`,
    same(server.coordinates(), coordinates) ? '' : `the coordinates are not those of ${where}`,
    same(recorded?.coordinates, coordinates) ? '' : `the coordinates of ${where} are not recorded`,
  ].filter(Boolean)
}

/** A freeze is refused for as long as another one's lock is held, whatever has become of the files. */
function heldTwice({ lock, where }: FakeServer): string[] {
  const held = lock.grants.filter(({ until }) => until === undefined)
  return held.length > 1 ? [`${where} is held by ${held.map(({ session }) => session).join(' and ')}`] : []
}

/** No agent runs a thaw for a freeze that failed. */
function notUndone({ guest }: Scene, { run }: PlayedFreeze, failure: unknown): string[] {
  const { stateDir, lockers, schedule } = guest
  const ofRun = [...stateDir.files].filter(
    ([, text]) => parseTicket(text)?.run === run || text.includes(`"${run}"`),
  )
  // A server that is down has its SQL threads started later; the one line says it.
  const told = /still stopped|no server answers|lives, and starts/.test(asFailure(failure).message)
    ? ['replica.json']
    : []
  // To the invoker a launcher that was killed has succeeded: the thaw has to find what is left.
  const isLeft = asFailure(failure).code === 'launcher-died'
  const left = [
    ...(isLeft ? [] : ofRun.map(([file]) => file).filter((file) => !told.includes(file))),
    ...lockers
      .filter((one) => one.run === run && one.process.end === undefined)
      .map(({ process }) => process.name),
  ]
  return left.map((what) => `${run} failed at ${schedule.now()} and left ${what}`)
}

/** What is wrong at the end of post-thaw-script. */
export function atEndOfThaw(scene: Scene, thaw: Played<Thaw>): string[] {
  const result = thaw.result()
  if (result === undefined) return []
  const { thawWithin } = scene.guest.limits
  return [
    ...tooLong(scene, thaw, thawWithin + undoneWithin),
    ...('value' in result ? wrongVerdict(scene, result.value, thaw.began) : []),
    ...('value' in result ? anothersVerdict(scene, result.value, thaw) : []),
    ...('value' in result && result.value.what === 'nothing to thaw' ? notNothing(scene, thaw) : []),
  ]
}

/** Consistent means: from "frozen" until the thaw let go, nobody has committed. */
function wrongVerdict({ guest, freezes }: Scene, thaw: Thaw, began: number): string[] {
  if (thaw.what !== 'thawed' || thaw.verdict.consistent !== 'yes') return []
  const { stateDir, servers } = guest
  const { run } = thaw.hold
  const letGo = stateDir.removals.findLast(
    ({ file, text, at }) => file === 'waitforsnapshot' && parseTicket(text)?.run === run && at >= began,
  )
  const frozen = Date.parse(thaw.hold.frozen?.at ?? '') - guestBegan
  if (!(frozen >= 0)) return [`${run} is called consistent, and was never frozen`]
  if (frozen > began)
    return [`${run} is called consistent by a thaw of ${began}, and was frozen at ${frozen}`]
  // To the invoker it had succeeded, and so the snapshot began.
  const unheard = freezes.find((freeze) => freeze.run === run)?.process.launcherDiedAt
  if (unheard !== undefined && unheard < frozen)
    return [`${run} is called consistent, its launcher died at ${unheard}, and it was frozen at ${frozen}`]
  const commits = servers.flatMap((server) => server.commits)
  const between = commits.filter((time) => time > frozen && time <= (letGo?.at ?? began))
  return between.length > 0 ? [`${run} is called consistent, with commits at ${between.join(', ')}`] : []
}

/** An invoker whose own freeze was refused for another one's hold hears no verdict on that, nor on a later one of it. */
function anothersVerdict({ freezes }: Scene, thaw: Thaw, { invoker, began }: Played<Thaw>): string[] {
  if (thaw.what !== 'thawed' || thaw.verdict.consistent !== 'yes') return []
  const holder = freezes.find(({ run }) => run === thaw.hold.run)
  const own = freezes.findLast((freeze) => freeze.invoker === invoker && freeze.endedAt() <= began)
  const result = own?.result()
  if (holder === undefined || holder.invoker === invoker || result === undefined || 'value' in result)
    return []
  const { code, message } = asFailure(result.failure)
  const refusedFor = freezes.find(({ run }) => code === 'busy' && message.includes(`${run},`))
  if (refusedFor === undefined || refusedFor.invoker === invoker) return []
  return [
    `${invoker} was refused for ${refusedFor.run}, and its thaw of ${began} calls ${holder.run} consistent`,
  ]
}

/** A freeze that said "frozen" waits for its thaw, unless another has come, or somebody has had a hand in it. */
function notNothing({ freezes, thaws, disturbances }: Scene, thaw: Played<Thaw>): string[] {
  const waiting = freezes.filter((freeze) => {
    const result = freeze.result()
    if (result === undefined || !('value' in result) || freeze.endedAt() > thaw.began) return false
    const isDisturbed = disturbances.some((time) => time >= freeze.began)
    const others = thaws.filter((other) => other !== thaw && !(other.began < freeze.began))
    const later = freezes.filter((other) => other.began > freeze.began)
    return !isDisturbed && others.length === 0 && later.length === 0
  })
  return waiting.map(({ run }) => `${run} was frozen, and the thaw of ${thaw.began} found nothing`)
}

function tooLong({ guest }: Scene, { began, process }: Played<unknown>, within: number): string[] {
  const now = guest.schedule.now()
  return now - began > within + slack && !process.hasStoodStill
    ? [`${process.name} took from ${began} to ${now}`]
    : []
}

/** What is wrong once everything has come to rest. */
export function atRest(scene: Scene): string[] {
  const { servers, processes, recordDir } = scene.guest
  const open = servers.flatMap(({ sessions, where }) =>
    [...sessions.open.keys()].map((id) => `${id} of ${where}`),
  )
  return [
    ...locksKeptTooLong(scene),
    ...processes.alive().map(({ name, identity }) => `${name} ${identity.pid} lives on`),
    ...open.map((which) => `connection ${which} lives on`),
    ...(recordDir.drafts > 0 ? ['a draft of the record is left'] : []),
  ]
}

/** hold-at-most; or, counted from where the locker hung, what the server allows it. */
function locksKeptTooLong({ guest, suspensions }: Scene): string[] {
  const { limits, servers } = guest
  const waitTimeout = 1000 * Math.ceil(limits.holdAtMost / 1000) + 1000
  const grants = servers.flatMap(({ lock }) => lock.grants)
  return grants.flatMap(({ session, at, until = Number.POSITIVE_INFINITY }) => {
    const hung = suspensions.filter((time) => time > at && time <= until)
    const since = Math.max(at, ...hung)
    const allowed =
      Math.max(hung.length > 0 ? waitTimeout : limits.holdAtMost, limits.lockWait) + lastWords + slack
    return until - since > allowed ? [`connection ${session} had the lock from ${at} to ${until}`] : []
  })
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
