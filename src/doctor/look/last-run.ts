import { systemMessage } from '../../adapters/errno.ts'
import { handshakeIn } from '../../adapters/handshake.ts'
import { linesOf, type LogLine } from '../../adapters/log-end.ts'
import { usualLog } from '../../adapters/log-place.ts'
import { type Hold, isReadable } from '../../core/hold.ts'
import { firstReason } from '../../core/verdict.ts'
import type { LastRunFacts, RunLine } from '../checks/last-run.ts'

/** From the log, and from the state directory where it has what no thaw and no other freeze has moved into the log yet. */
export function lookAtLastRun(log: string, stateDir: string): LastRunFacts {
  try {
    const lines = linesIn(log, stateDir)
    const call = lines.findLast(({ msg }) => msg === 'pre-freeze-script was called')
    const run = lines.findLast(({ verdict, checks }) => typeof verdict === 'string' && Array.isArray(checks))
    return {
      log,
      unreadable: null,
      call: call ? { at: String(call['time']) } : null,
      run: withoutThaw(stateDir) ?? (run ? runLine(run) : null),
    }
  } catch (error) {
    return { log, unreadable: systemMessage(error), call: null, run: null }
  }
}

/** A freeze whose settings cannot be read logs to the usual place. */
function linesIn(log: string, stateDir: string): readonly LogLine[] {
  const lines = linesOf({ log, stateDir })
  if (log === usualLog) return lines
  const others = usualLines()
  return [...lines, ...others].toSorted((one, other) => text(one, 'time').localeCompare(text(other, 'time')))
}

function usualLines(): readonly LogLine[] {
  try {
    return linesOf({ log: usualLog, stateDir: '/nonexistent' })
  } catch {
    return []
  }
}

function runLine(line: LogLine): RunLine {
  return {
    run: text(line, 'run'),
    at: text(line, 'time'),
    askedAt: text(line, 'askedAt'),
    verdict: text(line, 'verdict'),
    message: text(line, 'msg'),
  }
}

function text(line: LogLine, name: string): string {
  return typeof line[name] === 'string' ? line[name] : ''
}

/** A hold that is over, and which nobody has thawed: no line of the log tells of it before the next freeze. */
function withoutThaw(stateDir: string): RunLine | null {
  try {
    const { hold, lockerAlive } = handshakeIn(stateDir).sight()
    return isReadable(hold) && !lockerAlive ? asRunLine(hold) : null
  } catch {
    return null
  }
}

function asRunLine({ run, askedAt, frozen, ended }: Hold): RunLine {
  const why = ended === null ? 'locktables died' : firstReason(ended.verdict)
  const message = `run ${run}: consistent no: no thaw came, and ${why}`
  return { run, at: ended?.at ?? frozen?.at ?? askedAt, askedAt, verdict: 'no', message }
}
