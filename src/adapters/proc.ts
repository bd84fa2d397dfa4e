import { readFileSync } from 'node:fs'
import { isRunning, parseStat, type ProcessIdentity } from '../core/process.ts'

/** Who this process is, as a lock file and hold.json say it. */
export function self(): ProcessIdentity {
  const stat = parseStat(readFileSync('/proc/self/stat', 'utf8'))
  if (stat === null) throw new Error('/proc/self/stat cannot be parsed')
  return { pid: process.pid, startTime: stat.startTime }
}

/** Same pid, same start time, and not a zombie: `kill(pid, 0)` says yes to the last and to a pid that is used again. */
export function isAlive(identity: ProcessIdentity): boolean {
  return isRunning(statOf(identity.pid), identity)
}

function statOf(pid: number | string): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null
  }
}

/** Whether this process, or one that it has started, sleeps in a state that no signal ends (proc(5): `D`), as for a file system that is frozen. */
export function waitsForDisk(pid: number | string): boolean {
  return [pid, ...childrenOf(pid)].some((each) => parseStat(statOf(each) ?? '')?.state === 'D')
}

function childrenOf(pid: number | string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  } catch {
    return []
  }
}
