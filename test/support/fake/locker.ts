import type { ProcessIdentity } from '../../../src/core/process.ts'
import type { HandedOver } from '../../../src/core/checks.ts'
import type { EndLocker, Leash, Locker } from '../../../src/core/world.ts'
import type { FakeProcess, Processes } from './process.ts'

/** The program locktables: what it does in its process until it is over; resolves to how it ended. */
export type LockerProgram = (started: {
  readonly process: FakeProcess
  readonly run: string
  readonly leash: Leash
}) => Promise<string>

/** Starts locktables: a new process at the leash of `parent`, which begins after `startsWithin` milliseconds. */
export function startLocker({
  processes,
  startsWithin,
  program,
  parent,
  run,
}: {
  readonly processes: Processes
  readonly startsWithin: number
  readonly program: LockerProgram
  readonly parent: FakeProcess
  readonly run: string
}): { readonly process: FakeProcess; readonly locker: Locker } {
  const child = processes.start('locktables')
  const exited = new AbortController()
  const broken = new AbortController()
  let isHandedOver = false
  child.onEnd(() => parent.deliver(() => exited.abort(child.end)))
  parent.onEnd(() => {
    if (!isHandedOver) child.deliver(() => broken.abort())
  })
  child.handlesTerm = false
  void begin()
  return {
    process: child,
    locker: {
      pid: child.identity.pid,
      exited: exited.signal,
      handOver: () => void (isHandedOver = true),
      end: () => ended(child, parent),
    },
  }

  async function begin(): Promise<void> {
    await child.clock.sleep(startsWithin)
    child.handlesTerm = true
    const handedOver = (): HandedOver => (isHandedOver ? 'yes' : 'no')
    const leash = { broken: broken.signal, handedOver, [Symbol.dispose]: () => {} }
    child.exit(await program({ process: child, run, leash }))
  }
}

export function endLockerFrom(parent: FakeProcess, processes: Processes): EndLocker {
  return async (identity: ProcessIdentity) => {
    const found = processes.isAlive(identity) ? processes.find(identity) : undefined
    return found === undefined || (await ended(found, parent))
  }
}

/** TERM, KILL after 3 s, and a last look 1 s later, as the real one. */
async function ended(child: FakeProcess, parent: FakeProcess): Promise<boolean> {
  child.term()
  for (let waited = 0; waited < 3000 && child.end === undefined; waited += 5) await parent.clock.sleep(5)
  if (parent.end === undefined) child.kill()
  if (child.end === undefined) await parent.clock.sleep(1000)
  return child.end !== undefined
}
