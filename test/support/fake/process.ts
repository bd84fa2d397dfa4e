import { Failure } from '../../../src/core/failure.ts'
import type { ProcessIdentity } from '../../../src/core/process.ts'
import type { Clock } from '../../../src/core/world.ts'
import type { Schedule } from './schedule.ts'

export type Program = 'pre-freeze-script' | 'locktables' | 'post-thaw-script'

/** A process of the guest. What the world tells it comes through `deliver`: a dead one hears nothing any more. */
export interface FakeProcess {
  readonly name: Program
  readonly identity: ProcessIdentity
  readonly clock: Clock
  /** Aborted by `term()`, as a handler for SIGTERM would, or for another reason. */
  readonly stop: AbortSignal
  /** How it ended; undefined while it runs. */
  readonly end: string | undefined
  /** Has its handler for SIGTERM been set? Without one it dies of it. */
  handlesTerm: boolean
  deliver(act: () => void): void
  /** SIGSTOP, and SIGCONT: what has happened meanwhile is heard then, in this order. */
  suspend(): void
  readonly hasStoodStill: boolean
  resume(order?: 'first to last' | 'last to first'): void
  term(reason?: unknown): void
  /** Its launcher is killed: `stop` is aborted once it looks. */
  loseLauncher(): void
  lookForLauncher(): void
  /** When its launcher was killed; undefined while that lives. */
  readonly launcherDiedAt: number | undefined
  kill(): void
  /** From here on not even SIGKILL ends it: it waits for a disk. */
  hang(): void
  exit(how: string): void
  onEnd(act: () => void): void
}

/** The processes of a guest, and who of them is alive. */
export interface Processes {
  start(name: Program): FakeProcess
  find(identity: ProcessIdentity): FakeProcess | undefined
  isAlive(identity: ProcessIdentity): boolean
  alive(): readonly FakeProcess[]
}

/** How often a process looks for its launcher, in milliseconds. */
const looksEvery = 100

/** What the date is when a guest begins. */
export const guestBegan = Date.UTC(2026, 0, 2, 3, 4, 5)

export function processes(schedule: Schedule): Processes {
  const all = new Map<number, FakeProcess>()
  return {
    start(name) {
      const started = fakeProcess(schedule, name, 1000 + all.size)
      all.set(started.identity.pid, started)
      return started
    },
    find: ({ pid }) => all.get(pid),
    isAlive: ({ pid, startTime }) => {
      const found = all.get(pid)
      return found?.end === undefined && found?.identity.startTime === startTime
    },
    alive: () => [...all.values()].filter(({ end }) => end === undefined),
  }
}

function fakeProcess(schedule: Schedule, name: Program, pid: number): FakeProcess {
  const stop = new AbortController()
  const atEnd: (() => void)[] = []
  let unheard: (() => void)[] | undefined
  let end: string | undefined
  let hangs = false
  let hasStoodStill = false
  let launcherDiedAt: number | undefined
  const self: FakeProcess = {
    name,
    identity: { pid, startTime: 10 * pid },
    clock: { now: () => schedule.now(), today: () => new Date(guestBegan + schedule.now()), sleep },
    stop: stop.signal,
    get end() {
      return end
    },
    handlesTerm: true,
    deliver,
    suspend() {
      unheard ??= []
      hasStoodStill = true
    },
    get hasStoodStill() {
      return hasStoodStill
    },
    resume(order = 'first to last') {
      const heard = unheard ?? []
      unheard = undefined
      for (const act of order === 'first to last' ? heard : heard.toReversed()) deliver(act)
    },
    term: (reason = 'stopped by SIGTERM') =>
      deliver(() => (self.handlesTerm ? stop.abort(reason) : exit('died of SIGTERM'))),
    loseLauncher() {
      launcherDiedAt ??= schedule.now()
      schedule.after(looksEvery, () => deliver(lookForLauncher))
    },
    lookForLauncher,
    get launcherDiedAt() {
      return launcherDiedAt
    },
    kill() {
      if (!hangs) exit('died of SIGKILL')
    },
    hang() {
      hangs = true
      unheard ??= []
    },
    exit,
    onEnd: (act) => void atEnd.push(act),
  }
  return self

  function lookForLauncher(): void {
    if (launcherDiedAt !== undefined)
      stop.abort(new Failure('launcher-died', 'the launcher (pid 1) has died'))
  }

  function deliver(act: () => void): void {
    if (end !== undefined) return
    if (unheard) unheard.push(act)
    else act()
  }

  function exit(how: string): void {
    if (end !== undefined) return
    end = how
    for (const act of atEnd) act()
  }

  function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const timer = schedule.after(milliseconds, () => deliver(wake))
      signal?.addEventListener('abort', wake)

      function wake(): void {
        timer.cancel()
        signal?.removeEventListener('abort', wake)
        resolve()
      }
    })
  }
}
