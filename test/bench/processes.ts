import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** How often to look at a process, in milliseconds. */
const lookEvery = 1

/** How long a locker may take to end after its thaw, in milliseconds. */
const goneWithin = 10_000

/** Waits until they have ended, so that they are not in the way of the next round. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  await peakMemory(pids)
}

/** The largest resident sets that processes had up to their end, summed up, in bytes. */
export async function peakMemory(pids: readonly number[]): Promise<number> {
  const peaks = new Map<number, number>()
  const look = (pid: number) => {
    const peak = peakIn(read(`/proc/${pid}/status`))
    if (peak !== null) peaks.set(pid, peak)
    return peak !== null
  }
  const deadline = performance.now() + goneWithin
  while (pids.map(look).includes(true)) {
    if (performance.now() > deadline) throw new Error(`still there after its thaw: pid ${pids.join(', ')}`)
    await sleep(lookEvery)
  }
  return [...peaks.values()].reduce((sum, peak) => sum + peak, 0)
}

/** VmHWM in the text of /proc/PID/status (proc(5)), in bytes; null where there is none: a zombie has none. */
export function peakIn(status: string): number | null {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? []
  return kibibytes === undefined ? null : Number(kibibytes) * 1024
}

/** The processes of a session, its leader left out. */
export function inSession(session: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && sessionIn(read(`/proc/${name}/stat`)) === session)
    .map(Number)
    .filter((pid) => pid !== session)
}

/** Field 6 of /proc/PID/stat (proc(5)); the second is the command in parentheses, which may hold anything. */
export function sessionIn(stat: string): number | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 1).split(' ')
  return fields[4] === undefined ? null : Number(fields[4])
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // it has ended
    return ''
  }
}
