import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs'
import { basename } from 'node:path'
import { Failure } from '../core/failure.ts'
import { parseStat } from '../core/process.ts'
import type { Attendant } from '../core/world.ts'
import { systemMessage } from './errno.ts'
import { dateOf } from './running.ts'

/**
 * A locker is known by its current folder, which is the state directory for as long as it attends: nobody can remove that, and it is
 * seen of a process that stands still, too. Neither setting nor reading it waits for a disk. All
 * settings are absolute paths by then.
 */
export function attend(directory: string): Disposable {
  try {
    process.chdir(directory)
  } catch (error) {
    throw new Failure('state-dir-unusable', `${directory} cannot be entered: ${systemMessage(error)}`, {
      cause: error,
    })
  }
  return { [Symbol.dispose]: () => process.chdir('/') }
}

/** The first locktables that attends in this directory, ours left out. Some 5 microseconds for each process of the machine. */
export function attendantOf(directory: string): Attendant | null {
  const place = statSync(directory, { throwIfNoEntry: false })
  if (place === undefined) return null
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!(pid > 0) || pid === process.pid || !isIn(pid, place)) continue
    const found = attendantAt(pid)
    if (found !== null) return found
  }
  return null
}

/** Of a process that has ended, or that is not ours to look at, there is no folder to be seen. */
function isIn(pid: number, { dev, ino }: Stats): boolean {
  try {
    const seen = statSync(`/proc/${pid}/cwd`, { throwIfNoEntry: false })
    return seen?.dev === dev && seen.ino === ino
  } catch {
    return false
  }
}

/** An operator's shell may be there, too. */
function attendantAt(pid: number): Attendant | null {
  try {
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    if (stat === null || !argv.some((argument) => basename(argument) === 'locktables')) return null
    const run = argv[argv.indexOf('--run') + 1] ?? ''
    const { startTime } = stat
    const since = new Date(dateOf(startTime)).toISOString()
    return { locker: { pid, startTime }, run: argv.includes('--run') ? run : null, since }
  } catch {
    return null
  }
}
