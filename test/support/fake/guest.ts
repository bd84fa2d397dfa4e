import { asFailure } from '../../../src/core/failure.ts'
import { type Ended, type Frozen, type Hold, parseHold } from '../../../src/core/hold.ts'
import type { Invoker } from '../../../src/core/invoker.ts'
import type { Database, Locker, Lockers, Log } from '../../../src/core/world.ts'
import { freeze as freezeStory } from '../../../src/quiesce/freeze.ts'
import { hold as holdStory } from '../../../src/quiesce/hold.ts'
import type { LeftStopped } from '../../../src/quiesce/left-stopped.ts'
import type { Limits } from '../../../src/quiesce/limits.ts'
import { restartReplica } from '../../../src/quiesce/restart-replica.ts'
import { type Thaw, thaw as thawStory } from '../../../src/quiesce/thaw.ts'
import { type Answers, fakeDatabase } from './database.ts'
import { fakeDisks } from './disks.ts'
import { endLockerFrom, type LockerProgram, startLocker } from './locker.ts'
import { type FakeProcess, processes as fakeProcesses } from './process.ts'
import { fakeRecordDir } from './recorder.ts'
import { schedule as fakeSchedule } from './schedule.ts'
import { type FakeServer, fakeServer, type ServerSettings } from './server.ts'
import { fakeStateDir } from './state-dir.ts'

export interface GuestSettings extends ServerSettings {
  /** How many are locked as one set; one, where nothing is said. */
  readonly servers?: number
  /** Who called pre-freeze-script. */
  readonly invoker?: Invoker
  /** What the log tells of a freeze without an end. */
  readonly unfinished?: string
  readonly limits?: Partial<Limits & { readonly thawWithin: number }>
  /** How long Node takes to start, in milliseconds. */
  readonly startsWithin?: number
  /** Instead of the real story of `hold`. */
  readonly locker?: LockerProgram
}

/** A line of the log. */
export interface Line {
  readonly level: keyof Log
  readonly facts: Readonly<Record<string, unknown>>
  readonly message: string
  readonly at: number
}

/** A story that is being told, in a process of its own. */
export interface Playing<T> {
  readonly process: FakeProcess
  /** What it came to; undefined while it goes on, and for ever when its process was killed. */
  result(): { readonly value: T } | { readonly failure: unknown } | undefined
}

/** A locktables process, and the run it was started for. */
export interface StartedLocker {
  readonly run: string
  readonly process: FakeProcess
}

/** The default settings. */
export const usualLimits: Limits & { readonly thawWithin: number } = {
  lock: 'ftwrl',
  replica: 'lock',
  onLongQuery: 'wait',
  maxConnectionsUsed: 95,
  freezeWithin: 120_000,
  lockWait: 3000,
  quietQuery: 2000,
  flushWithin: 15_000,
  holdAtMost: 60_000,
  thawWithin: 15_000,
}

export type Guest = ReturnType<typeof guest>

/**
 * A guest with no disk, no server and no waiting: time moves only when somebody sleeps. The three stories are the
 * real ones; what they touch is a model, each process with its own view of it.
 */
export function guest(settings: GuestSettings = {}) {
  const { startsWithin = 200, locker: program = locktables, servers: size = 1 } = settings
  const limits = { ...usualLimits, ...settings.limits }
  const schedule = fakeSchedule()
  const processes = fakeProcesses(schedule)
  const stateDir = fakeStateDir(schedule, processes)
  const server = fakeServer(schedule, settings)
  const others = Array.from({ length: size - 1 }, (_, index) =>
    fakeServer(schedule, another(server, settings, index)),
  )
  const recordDir = fakeRecordDir(schedule)
  const disks = fakeDisks(schedule, () => [server, ...others])
  const answers: Answers = {}
  const lines: Line[] = []
  const lockers: StartedLocker[] = []
  let collected = 0
  let runs = 0

  return {
    limits,
    schedule,
    processes,
    stateDir,
    /** The first of the set. */
    server,
    /** The set. */
    servers: [server, ...others] as const,
    recordDir,
    disks,
    /** Of the first. */
    answers,
    lines: lines as readonly Line[],
    /** The locktables processes, in the order they began. */
    lockers: lockers as readonly StartedLocker[],
    /** How often what a locker has left for the log was collected. */
    collected: () => collected,
    freeze,
    hold,
    thaw,
    ended,
  }

  /** pre-freeze-script, from where Node has started; with other lockers, if they are given, for an invoker that can be told apart. */
  function freeze(
    instead?: Lockers,
    knownAs: string | null = null,
  ): Playing<Frozen> & { readonly run: string } {
    const process = processes.start('pre-freeze-script')
    const run = `run-${++runs}`
    const playing = play(process, () =>
      freezeStory({
        handshake: stateDir.handshake(process),
        lockers: instead ?? { start: () => started(process, run) },
        ...leftStopped(process),
        clock: process.clock,
        log: logOf(process),
        run,
        asker: process.identity,
        ...(knownAs !== null && { invoker: { name: knownAs, freezes: 'no', why: 'a test' } }),
        ...(settings.invoker && { invoker: settings.invoker }),
        knownAs,
        stop: process.stop,
        lookForLauncher: process.lookForLauncher,
        limits,
        calledAt: new Date(0),
        collectLog: () => void collected++,
      }),
    )
    return { ...playing, run }
  }

  /** locktables, started by hand. */
  function hold(): Playing<Ended> {
    const process = processes.start('locktables')
    const broken = new AbortController().signal
    const leash = { broken, handedOver: () => 'no leash' as const, [Symbol.dispose]: () => {} }
    return play(process, () => holding({ process, run: undefined, leash }))
  }

  /** post-thaw-script; with the launcher, which lets go before Node has started. */
  function thaw({
    launcher = 'none',
    knownAs = '',
  }: {
    readonly launcher?: 'none' | 'lets go first'
    /** Of an invoker that the launcher can tell from others. */
    readonly knownAs?: string
  } = {}): Playing<Thaw> {
    const process = processes.start('post-thaw-script')
    const letGoByLauncher = stateDir.refusals.has(knownAs)
      ? { refused: knownAs }
      : launcher === 'lets go first'
        ? (stateDir.letGo() ?? 'nothing')
        : 'not done'
    return play(process, async () => {
      if (launcher === 'lets go first') await process.clock.sleep(startsWithin)
      return await thawStory({
        handshake: stateDir.handshake(process),
        endLocker: endLockerFrom(process, processes),
        ...leftStopped(process),
        clock: process.clock,
        log: logOf(process),
        letGoByLauncher,
        unfinished: () => settings.unfinished ?? null,
        limits,
        collectLog: () => void collected++,
      })
    })
  }

  /** Lets things happen until the story is over; its value, or what it threw. */
  async function ended<T>(playing: Playing<T>): Promise<T> {
    await schedule.until(() => playing.process.end !== undefined)
    const result = playing.result()
    if (result === undefined)
      throw new Error(`process ${playing.process.identity.pid} ${playing.process.end}`)
    if ('failure' in result) throw result.failure
    return result.value
  }

  function started(parent: FakeProcess, run: string): Locker {
    const { process, locker } = startLocker({ processes, startsWithin, program, parent, run })
    lockers.push({ run, process })
    return locker
  }

  async function locktables(each: Parameters<LockerProgram>[0]): Promise<string> {
    const { failure } = await holding(each).catch((error: unknown) => ({ failure: asFailure(error) }))
    return `ended with exit code ${failure === null ? 0 : 1}`
  }

  type LockerStart = Omit<Parameters<LockerProgram>[0], 'run'> & { readonly run: string | undefined }

  function holding({ process, run, leash }: LockerStart): Promise<Ended> {
    return holdStory({
      databases: databasesOf(process),
      handshake: stateDir.handshake(process),
      recorder: recordDir.recorder(process),
      disks: disks.disks(process),
      journal: stateDir.journal(process),
      leash,
      clock: process.clock,
      log: logOf(process),
      self: process.identity,
      run,
      newRun: () => 'run-by-hand',
      stop: process.stop,
      limits,
    })
  }

  function databasesOf(process: FakeProcess): readonly Database[] {
    return [
      fakeDatabase(server, process, answers),
      ...others.map((other) => fakeDatabase(other, process, {})),
    ]
  }

  /** What a script does about SQL threads that are left stopped: it has a locktables start them. */
  function leftStopped(parent: FakeProcess): LeftStopped {
    return {
      journal: stateDir.journal(parent),
      collectLog: () => void collected++,
      async restart(run) {
        const process = processes.start('locktables')
        const story = async () => {
          await process.clock.sleep(startsWithin)
          await restartReplica({
            databases: databasesOf(process),
            journal: stateDir.journal(process),
            clock: process.clock,
            log: logOf(process),
            self: process.identity,
            run,
            isAlive: processes.isAlive,
          })
        }
        const playing = play(process, story)
        while (process.end === undefined) await parent.clock.sleep(5)
        const result = playing.result()
        if (result === undefined) return `locktables ${process.end}`
        return 'failure' in result ? asFailure(result.failure).message : null
      },
    }
  }

  function play<T>(process: FakeProcess, story: () => Promise<T>): Playing<T> {
    let result: ReturnType<Playing<T>['result']>
    const exit = (how: string, came: typeof result) => {
      if (process.end !== undefined) return
      result = came
      process.exit(how)
    }
    void story().then(
      (value) => exit('ended with exit code 0', { value }),
      (failure: unknown) => exit('ended with exit code 1', { failure }),
    )
    return { process, result: () => result }
  }

  function logOf(process: FakeProcess): Log {
    const line = (level: keyof Log) => (facts: object, message: string) => {
      if (process.end === undefined) lines.push({ level, facts: { ...facts }, message, at: schedule.now() })
    }
    return { info: line('info'), warn: line('warn'), error: line('error') }
  }
}

/** Of the same kind. */
function another({ identity }: FakeServer, settings: ServerSettings, index: number): ServerSettings {
  return { ...settings, where: `/run/${'bcdefgh'[index]}.sock`, server: identity }
}

/** A guest that has been frozen. */
export async function frozenGuest(settings: GuestSettings = {}): Promise<Guest> {
  const g = guest(settings)
  await g.ended(g.freeze())
  return g
}

/** What hold.json holds; null where it is no hold, or not there. */
export function holdIn({ stateDir }: Pick<Guest, 'stateDir'>): Hold | null {
  return parseHold(stateDir.files.get('hold.json') ?? '')
}
