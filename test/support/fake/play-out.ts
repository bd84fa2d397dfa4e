import { asFailure } from '../../../src/core/failure.ts'
import { atEndOfFreeze, atEndOfThaw, atRest } from './complaints.ts'
import { type Guest, guest, type GuestSettings, type Playing } from './guest.ts'
import type { Happening, What } from './happening.ts'
import type { FakeServer } from './server.ts'
import type { Program } from './process.ts'
import type { Frozen } from '../../../src/core/hold.ts'
import type { Thaw } from '../../../src/quiesce/thaw.ts'

/** A guest and all that has been played in it. */
export interface Scene {
  readonly guest: Guest
  readonly freezes: PlayedFreeze[]
  readonly thaws: Played<Thaw>[]
  /** When something other than freeze and thaw happened, in milliseconds of the guest. */
  readonly disturbances: number[]
  /** When a locker was suspended or resumed. */
  readonly suspensions: number[]
  readonly complaints: string[]
}

/** What the freezes and thaws came to, in words. */
export function outcomes({ freezes, thaws }: Scene): readonly string[] {
  return [...freezes.map(frozenOr), ...thaws.map(thawedOr)]

  function frozenOr(freeze: PlayedFreeze): string {
    const result = freeze.result()
    if (result === undefined) return 'freeze: killed'
    return 'value' in result ? 'freeze: frozen' : `freeze: ${asFailure(result.failure).code}`
  }

  function thawedOr(thaw: Played<Thaw>): string {
    const result = thaw.result()
    if (result === undefined) return 'thaw: killed'
    if ('failure' in result) return `thaw: ${asFailure(result.failure).code}`
    if (result.value.what !== 'thawed') return `thaw: ${result.value.what}`
    const { hold, verdict } = result.value
    return `thaw: ${verdict.consistent}, ${hold.ended?.ending ?? 'died'}`
  }
}

export type Played<T> = Playing<T> & Timed

interface Timed {
  /** Who called. */
  readonly invoker: string
  readonly began: number
  /** When its process ended, not a number before that. */
  endedAt(): number
}

export type PlayedFreeze = Played<Frozen> & { readonly run: string }

/** Plays the happenings in a new guest; what was wrong is among the scene's complaints. */
export async function playOut(settings: GuestSettings, happenings: readonly Happening[]): Promise<Scene> {
  const scene: Scene = {
    guest: guest(settings),
    freezes: [],
    thaws: [],
    disturbances: [],
    suspensions: [],
    complaints: [],
  }
  for (const happening of happenings) await play(scene, happening)
  await comeToRest(scene)
  return scene
}

/** Everybody gets the time to finish; and then the next freeze and thaw must go well. */
async function comeToRest(scene: Scene): Promise<void> {
  const { guest: here, complaints, freezes, thaws } = scene
  const { schedule, limits, processes, stateDir } = here
  if (processes.alive().length > 0) scene.suspensions.push(schedule.now())
  if (processes.alive().some(({ name }) => name === 'locktables')) scene.disturbances.push(schedule.now())
  for (const process of processes.alive()) process.resume()
  await schedule.pass(limits.freezeWithin + limits.holdAtMost + limits.thawWithin + 20_000)
  complaints.push(...atRest(scene))
  const disturbed = complaints.length
  begin(scene, 'freeze')
  await schedule.until(() => freezes.at(-1)?.process.end !== undefined)
  begin(scene, 'thaw')
  await schedule.until(() => thaws.at(-1)?.process.end !== undefined)
  await schedule.pass(10)
  complaints.push(...atRest(scene).slice(disturbed))
  const thawed = thaws.at(-1)?.result()
  const verdict =
    thawed && 'value' in thawed && thawed.value.what === 'thawed' ? thawed.value.verdict : thawed
  if (verdict === undefined || !('consistent' in verdict) || verdict.consistent !== 'yes')
    complaints.push(`the next run went wrong: ${JSON.stringify([freezes.at(-1)?.result(), verdict])}`)
  complaints.push(...[...stateDir.files.keys()].map((file) => `${file} is left of the next run`))
  complaints.push(...scene.guest.servers.flatMap(threadsLeft))
}

/** What ran runs again, and what was stopped is left alone. */
function threadsLeft({ replica, where }: FakeServer): string[] {
  const { now, usual } = replica.threads()
  return JSON.stringify(now) === JSON.stringify(usual)
    ? []
    : [`the SQL threads of ${where} are ${JSON.stringify(now)}`]
}

async function play(scene: Scene, { what, when }: Happening): Promise<void> {
  const { schedule, stateDir } = scene.guest
  if ('wait' in when) {
    await schedule.pass(when.wait)
    return happen(scene, what)
  }
  let left = when.operations
  let isOver = false
  stateDir.beforeOperation(() => {
    if (left-- === 0) happen(scene, what)
  })
  schedule.after(10_000, () => (isOver = true))
  await schedule.until(() => left < 0 || isOver)
  stateDir.beforeOperation(() => {})
}

/** What is not heard meanwhile is heard later: nobody has had a hand in it. */
const standsStill: ReadonlySet<What> = new Set([
  'suspend thaw',
  'resume thaw',
  'suspend pre-freeze',
  'resume pre-freeze',
])

function happen(scene: Scene, what: What): void {
  if (isStory(what)) return begin(scene, what)
  const { stateDir, servers, schedule, processes, lockers } = scene.guest
  // What happens to one of several is what the others have to hear of.
  const server = servers.at(-1) ?? servers[0]
  const { disturbances, suspensions } = scene
  const began = schedule.now()
  if (!standsStill.has(what)) disturbances.push(began)
  switch (what) {
    case 'kill pre-freeze':
      return latest('pre-freeze-script')?.kill()
    case 'kill locker':
      return latest('locktables')?.kill()
    case 'kill thaw':
      return latest('post-thaw-script')?.kill()
    case 'stop pre-freeze':
      return latest('pre-freeze-script')?.term()
    case 'stop locker':
      return latest('locktables')?.term()
    case 'kill the launcher':
      return latest('pre-freeze-script')?.loseLauncher()
    case 'suspend thaw':
      return latest('post-thaw-script')?.suspend()
    case 'resume thaw':
      return latest('post-thaw-script')?.resume()
    case 'suspend pre-freeze':
      return latest('pre-freeze-script')?.suspend()
    case 'resume pre-freeze':
      return latest('pre-freeze-script')?.resume()
    case 'suspend locker':
      suspensions.push(began)
      return latest('locktables')?.suspend()
    case 'resume locker':
      suspensions.push(began)
      return latest('locktables')?.resume()
    case 'resume locker, last heard first':
      suspensions.push(began)
      return latest('locktables')?.resume('last to first')
    case 'lose the connections':
      for (const id of server.sessions.open.keys()) server.sessions.end(id)
      return
    case 'crash the server':
      return crash(server)
    case 'remove waitforsnapshot':
      return void stateDir.remove('waitforsnapshot')
    case 'remove waitforlock':
      return void stateDir.remove('waitforlock')
    case 'remove hold.json':
      return void stateDir.remove('hold.json')
    case 'garble hold.json':
      return stateDir.write('hold.json', '{"run": ')
    case 'remove the lock files and hold.json':
      for (const file of ['waitforlock', 'waitforsnapshot', 'hold.json'] as const) stateDir.remove(file)
      return
    case 'hang the locker, and lose hold.json':
      suspensions.push(began)
      lockers.findLast(({ process }) => process.end === undefined)?.process.suspend()
      return void stateDir.remove('hold.json')
    case 'touch waitforsnapshot':
      return stateDir.write('waitforsnapshot', stateDir.files.get('waitforsnapshot') ?? '')
    case 'run a SELECT':
      return run('SELECT * FROM orders')
    case 'run an UPDATE':
      return run('UPDATE orders SET paid = 1')
    case 'reboot':
      for (const process of processes.alive()) process.kill()
      for (const file of stateDir.files.keys()) stateDir.remove(file)
      return servers.forEach(crash)
  }

  function latest(name: Program) {
    return processes.alive().findLast((process) => process.name === name)
  }

  function crash(which: FakeServer): void {
    which.crash()
    schedule.after(2000, which.comeBack)
  }

  function run(text: string): void {
    const statement = server.run(text)
    schedule.after(2500, () => statement.end())
  }
}

const stories = ['freeze', 'thaw', 'thaw with launcher', 'freeze by another', 'thaw by another'] as const
type Story = (typeof stories)[number]

function isStory(what: What): what is Story {
  return stories.some((story) => story === what)
}

function begin(scene: Scene, what: Story): void {
  const { guest: here, freezes, thaws, complaints } = scene
  const { schedule } = here
  const invoker = what.endsWith('by another') ? 'qemu-ga' : 'vmtoolsd'
  if (what.startsWith('freeze')) played(here.freeze(undefined, invoker), freezes, atEndOfFreeze)
  else played(here.thaw({ launcher: launcherOf(what), knownAs: invoker }), thaws, atEndOfThaw)

  function played<T, P extends Playing<T>>(
    playing: P,
    all: (P & Timed)[],
    check: (scene: Scene, one: P & Timed) => string[],
  ): void {
    let endedAt = Number.NaN
    const one = { ...playing, invoker, began: schedule.now(), endedAt: () => endedAt }
    all.push(one)
    playing.process.onEnd(() => {
      endedAt = schedule.now()
      complaints.push(...check(scene, one))
    })
  }
}

function launcherOf(what: Story): 'none' | 'lets go first' {
  return what === 'thaw' ? 'none' : 'lets go first'
}
