import { readdirSync, readFileSync, statSync } from 'node:fs'
import { parseStat } from '../core/process.ts'

/** A process that runs now. */
export interface Running {
  readonly pid: number
  readonly name: string
  readonly argv: readonly string[]
  /** Milliseconds since 1970. */
  readonly startedAt: number
}

/** Every process of one of these names, which are those of their programs. */
export function runningNamed(names: readonly string[]): Running[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => processAt(Number(pid)))
    .filter(({ name }) => names.includes(name))
}

/** One that ends while it is looked at was not there. */
function processAt(pid: number): Running[] {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    if (stat === null || stat.state === 'Z' || stat.state === 'X') return []
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
    return [{ pid, name, argv, startedAt: dateOf(stat.startTime) }]
  } catch {
    return []
  }
}

/** A start time as /proc/PID/stat has it, in milliseconds since 1970. */
export function dateOf(startTime: number): number {
  return bootedAt() + (startTime * 1000) / ticksPerSecond
}

/** USER_HZ, which is 100 on every architecture that Node.js runs on. */
const ticksPerSecond = 100

/** To a hundredth of a second; the btime of /proc/stat has whole ones. */
function bootedAt(): number {
  return Date.now() - Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000
}

/** Whether a process finds at this path what we find there: it may have a file system of its own (PrivateTmp). */
export function seenBy(pid: number, path: string): 'the same' | 'another' | 'nothing' | 'cannot tell' {
  const ours = statSync(path, { throwIfNoEntry: false })
  if (ours === undefined) return 'cannot tell'
  try {
    const theirs = statSync(`/proc/${pid}/root${path}`, { throwIfNoEntry: false })
    if (theirs === undefined) return 'nothing'
    return theirs.dev === ours.dev && theirs.ino === ours.ino ? 'the same' : 'another'
  } catch {
    return 'cannot tell'
  }
}
