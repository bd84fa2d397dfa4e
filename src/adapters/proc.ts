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

/**
 * Whether this process, or one that it has started, waits for a file system that is frozen: in a state that no signal ends (proc(5): `D`),
 * and where the kernel says in which function (/proc/PID/wchan, for root), in that of the freeze: a disk that is only slow has others.
 */
export function waitsForDisk(pid: number | string): boolean {
  return [pid, ...childrenOf(pid)].some(
    (each) => parseStat(statOf(each) ?? '')?.state === 'D' && isOfFreeze(textOf(`/proc/${each}/wchan`)),
  )
}

/** percpu_rwsem_wait (Linux 6.18, include/linux/fs.h sb_start_write); before 5.7 it was __percpu_down_read and what that calls. */
function isOfFreeze(wchan: string): boolean {
  return wchan === '' || wchan === '0' || /percpu|rwsem|sb_start|freeze/.test(wchan)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function childrenOf(pid: number | string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  } catch {
    return []
  }
}
