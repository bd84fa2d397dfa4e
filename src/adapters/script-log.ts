import type { Log } from '../core/world.ts'
import { standsStill } from './disk/standing-still.ts'
import { append } from './append.ts'
import { logInto } from './log.ts'
import { isStuck, moveLines, type Moving } from './move-lines.ts'

/** The log of a script that an agent calls. What it says is kept in the state directory first: the disk of the log may be frozen. */
export interface ScriptLog {
  readonly log: Log
  /** Keeps what is said in this file of the state directory, and what was said so far. Until then it is only remembered. */
  keepIn(file: string): void
  /**
   * Moves what was said into the log, with what others have left in the state directory. Resolves to what tells why it is not there, for
   * the one line; null where it is, also when that took longer.
   */
  moveTo(file: string, how: Pick<Moving, 'within' | 'isLast'>): Promise<string | null>
  /** The same of lines that are on their way: that the disk of the log stands still; null where it does not. */
  standstill(file: string): string | null
}

export function scriptLog(script: string): ScriptLog {
  let kept: string | null = null
  let remembered = ''
  const write = (lines: string) => {
    if (kept === null || !append(kept, lines)) remembered += lines
  }
  return {
    log: logInto(script, { write }),
    keepIn(file) {
      kept = file
      write(take())
    },
    async moveTo(file, how) {
      const text = take()
      const moved = await moveLines({ ...how, kept, text, to: file })
      if (moved.is === 'refused') remembered = text + remembered
      return moved.is === 'refused' ? notWritable(file, moved.why) : standstill(file)
    },
    standstill,
  }

  function standstill(file: string): string | null {
    return kept !== null && isStuck(kept) ? notWritable(file, standsStill(file)) : null
  }

  function take(): string {
    const text = remembered
    remembered = ''
    return text
  }
}

function notWritable(file: string, why: string): string {
  return `the log ${file} is not writable: ${why}`
}
