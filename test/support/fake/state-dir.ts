import { Failure } from '../../../src/core/failure.ts'
import { formatHold, isReadable, parseHold } from '../../../src/core/hold.ts'
import { phaseOf } from '../../../src/core/phase.ts'
import type { Refusal } from '../../../src/core/refusal.ts'
import { formatStoppedThreads, parseStoppedThreads } from '../../../src/core/stopped-threads.ts'
import { formatTicket, parseTicket } from '../../../src/core/ticket.ts'
import type { Attendant, Handshake, LetGo, ReplicaJournal, Sighting } from '../../../src/core/world.ts'
import { type FakeProcess, guestBegan, type Processes } from './process.ts'
import type { Schedule } from './schedule.ts'

export type StateFile = 'waitforlock' | 'waitforsnapshot' | 'hold.json' | 'replica.json'

/** The state directory, in memory. */
export interface FakeStateDir {
  readonly files: ReadonlyMap<StateFile, string>
  write(file: StateFile, text: string): void
  /** True: it was there. */
  remove(file: StateFile): boolean
  letGo(): LetGo | null
  /** From here on the directory is full: this file cannot be written. */
  breakOn(file: StateFile | 'refused'): void
  handshake(process: FakeProcess): Handshake
  journal(process: FakeProcess): ReplicaJournal
  /** Calls `act` before each operation of a handshake, with how many there were before. */
  beforeOperation(act: (count: number) => void): void
  /** Who was refused, by name. */
  readonly refusals: ReadonlyMap<string, Refusal>
  /** Every file that was removed, its text, and when, in milliseconds of the guest. */
  readonly removals: readonly { readonly file: StateFile; readonly text: string; readonly at: number }[]
}

const lockFiles = ['waitforlock', 'waitforsnapshot'] as const

/** How long the kernel takes to tell a watcher, in milliseconds. */
const noticed = 0.1

export function fakeStateDir(schedule: Schedule, processes: Processes): FakeStateDir {
  const files = new Map<StateFile, string>()
  const refusals = new Map<string, Refusal>()
  const attendants = new Set<FakeProcess>()
  const watchers = new Set<{ readonly process: FakeProcess; readonly look: () => void }>()
  const removals: { file: StateFile; text: string; at: number }[] = []
  let broken: StateFile | 'refused' | undefined
  let before = (_count: number) => {}
  let operations = 0
  return {
    files,
    write,
    remove,
    letGo,
    breakOn: (file) => (broken = file),
    handshake,
    journal,
    beforeOperation: (act) => (before = act),
    removals,
    refusals,
  }

  function handshake(process: FakeProcess): Handshake {
    return {
      sight: () => operation(sight),
      asked: () => operation(() => files.get('waitforsnapshot') ?? null),
      ask: (ticket) => operation(() => ask(formatTicket(ticket))),
      letGo: () => operation(letGo),
      publish: (hold) => operation(() => write('hold.json', formatHold(hold))),
      restore: (hold) => operation(() => restore(formatHold(hold))),
      attend: () => operation(() => attend(process)),
      attendant: () => operation(() => attendantBeside(process)),
      refuse: (refusal) => operation(() => refuse(refusal)),
      refusal: (invoker) => operation(() => refusals.get(invoker) ?? null),
      admit: (invoker) => operation(() => void refusals.delete(invoker)),
      answer: () => operation(() => void remove('waitforlock')),
      withdraw: (text) => operation(() => withdraw(text)),
      forget: (seen) => operation(() => forget(seen)),
      watch(look) {
        const watcher = { process, look }
        watchers.add(watcher)
        return { [Symbol.dispose]: () => void watchers.delete(watcher) }
      },
    }

    function operation<T>(act: () => T): T {
      return operationOf(process, act)
    }
  }

  function journal(process: FakeProcess): ReplicaJournal {
    return {
      read: () =>
        operationOf(process, () => {
          const text = files.get('replica.json')
          return text === undefined ? null : (parseStoppedThreads(text) ?? 'unreadable')
        }),
      write: (stopped) => operationOf(process, () => write('replica.json', formatStoppedThreads(stopped))),
      forget: () => operationOf(process, () => void remove('replica.json')),
    }
  }

  /** A process can die before any of its operations; after that it does none. */
  function operationOf<T>(process: FakeProcess, act: () => T): T {
    before(operations++)
    if (process.end !== undefined) throw new Error(`process ${process.identity.pid} is dead`)
    return act()
  }

  function restore(text: string): boolean {
    if (files.get('hold.json') === text) return false
    write('hold.json', text)
    return true
  }

  function refuse(refusal: Refusal): void {
    if (broken === 'refused') throw new Failure('state-dir-unusable', 'no space left')
    refusals.set(refusal.invoker, refusal)
  }

  function attend(process: FakeProcess): Disposable {
    attendants.add(process)
    return { [Symbol.dispose]: () => void attendants.delete(process) }
  }

  function attendantBeside(us: FakeProcess): Attendant | null {
    const found = [...attendants].find((process) => process !== us && process.end === undefined)
    if (found === undefined) return null
    return { locker: found.identity, run: null, since: new Date(guestBegan).toISOString() }
  }

  function ask(text: string): void {
    for (const file of lockFiles)
      if (files.has(file)) throw new Failure('busy', `${file} was made by another freeze just now`)
    for (const file of lockFiles) write(file, text)
  }

  function letGo(): LetGo | null {
    const came = files.has('waitforlock') ? 'too early' : 'in time'
    const asked = files.get('waitforsnapshot')?.trimEnd()
    remove('waitforsnapshot')
    return asked === undefined ? null : { asked, came }
  }

  function withdraw(text: string): void {
    for (const file of lockFiles) if (files.get(file) === text) remove(file)
  }

  function forget({ texts }: Pick<Sighting, 'texts'>): void {
    for (const file of [...lockFiles, 'hold.json'] as const) if (files.get(file) === texts[file]) remove(file)
  }

  function sight(): Sighting {
    const [locked, asked, held] = [
      files.get('waitforlock'),
      files.get('waitforsnapshot'),
      files.get('hold.json'),
    ]
    const hold = held === undefined ? null : (parseHold(held) ?? 'unreadable')
    const ticket = parseTicket(asked ?? locked ?? '')
    const lockerAlive = isReadable(hold) && hold.ended === null && processes.isAlive(hold.locker)
    const phase = phaseOf({
      waitforlock: locked !== undefined,
      waitforsnapshot: asked !== undefined,
      lockerAlive,
      askerAlive: ticket !== null && processes.isAlive(ticket.asker),
    })
    const texts = { waitforlock: locked ?? null, waitforsnapshot: asked ?? null, 'hold.json': held ?? null }
    return { phase, waitforlock: locked !== undefined, ticket, hold, lockerAlive, texts }
  }

  function write(file: StateFile, text: string): void {
    if (file === broken) throw new Failure('state-dir-unusable', `${file} cannot be written: no space left`)
    files.set(file, text)
    tell()
  }

  function remove(file: StateFile): boolean {
    const text = files.get(file)
    if (text === undefined) return false
    files.delete(file)
    removals.push({ file, text, at: schedule.now() })
    tell()
    return true
  }

  function tell(): void {
    for (const watcher of watchers)
      schedule.after(noticed, () =>
        watcher.process.deliver(() => {
          if (watchers.has(watcher)) watcher.look()
        }),
      )
  }
}
