import { fieldsOf } from './fields.ts'

/**
 * One process, and no other: a pid alone is used again.
 * `startTime` is field 22 of /proc/PID/stat, in clock ticks since boot (proc(5)).
 */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTime: number
}

/** What is read from /proc/PID/stat. */
export interface Stat {
  readonly state: string
  readonly parent: number
  readonly startTime: number
}

/** Null where the text is something else. */
export function parseStat(text: string): Stat | null {
  // The second field is the command in parentheses, and may hold spaces and parentheses itself.
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/)
  const [state, parent, startTime] = [fields[0], Number(fields[1]), Number(fields[19])]
  return state && Number.isInteger(startTime) ? { state, parent, startTime } : null
}

/** A zombie has ended: it holds no connection, so no lock. */
export function isRunning(stat: string | null, identity: ProcessIdentity): boolean {
  const seen = stat === null ? null : parseStat(stat)
  return seen !== null && seen.startTime === identity.startTime && seen.state !== 'Z' && seen.state !== 'X'
}

export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  const { pid, startTime } = fieldsOf(value)
  return Number.isInteger(pid) && Number(pid) > 0 && Number.isInteger(startTime)
}
