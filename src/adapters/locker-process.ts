import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { EndLocker, Locker, Lockers } from '../core/world.ts'
import { clock } from './clock.ts'
import { handedOver } from './leash.ts'
import { isAlive } from './proc.ts'

export interface LockerProgram {
  /** The shipped locktables. */
  readonly file: string
  readonly args: readonly string[]
  /** Where its stderr goes, on the state directory's tmpfs: it keeps no descriptor of ours. */
  readonly output: string
}

/** After TERM a locker has this long to unlock and leave, after KILL it has as long again, in milliseconds. */
const leaveWithin = { afterTerm: 3000, afterKill: 1000 }

/** locktables as a process in a session of its own, so that it outlives the pre-freeze-script that started it. */
export function lockerProcesses(program: LockerProgram): Lockers {
  return { start: (run) => lockerOver(spawned(program, run)) }
}

export const endLocker: EndLocker = (locker) => endProcess(() => isAlive(locker), locker.pid)

function spawned({ file, args, output }: LockerProgram, run: string): ChildProcess {
  const descriptor = openSync(output, 'a', 0o600)
  try {
    // Node itself, not the launcher in the file: the pid is then the locker's own.
    return spawn(process.execPath, [file, '--run', run, ...args], {
      detached: true,
      cwd: '/',
      // What it says of its end is in its log lines; what Node itself says when it dies is not.
      stdio: ['pipe', 'ignore', descriptor],
    })
  } finally {
    closeSync(descriptor)
  }
}

function lockerOver(child: ChildProcess): Locker {
  const exited = new AbortController()
  child.on('error', (error) => exited.abort(`could not be started: ${error.message}`))
  child.on('exit', (code, signal) =>
    exited.abort(signal ? `died of ${signal}` : `ended with exit code ${code}`),
  )
  child.stdin?.on('error', () => {})
  return {
    pid: child.pid ?? 0,
    exited: exited.signal,
    handOver() {
      child.stdin?.write(handedOver)
      child.stdin?.end()
      child.unref()
    },
    end: () =>
      child.pid === undefined ? Promise.resolve(true) : endProcess(() => !exited.signal.aborted, child.pid),
  }
}

async function endProcess(isThere: () => boolean, pid: number): Promise<boolean> {
  return (
    (await isGoneAfter('SIGTERM', leaveWithin.afterTerm)) ||
    (await isGoneAfter('SIGKILL', leaveWithin.afterKill))
  )

  async function isGoneAfter(signal: NodeJS.Signals, within: number): Promise<boolean> {
    const deadline = clock.now() + within
    if (isThere()) kill(pid, signal)
    while (isThere() && clock.now() < deadline) await clock.sleep(5)
    return !isThere()
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // gone between the look and the signal
  }
}
