import { errnoOf, systemMessage } from '../../adapters/errno.ts'
import { endOfLog } from '../../adapters/log-end.ts'
import type { LastRunFacts, RunLine } from '../checks/last-run.ts'

export function lookAtLastRun(log: string): LastRunFacts {
  try {
    const lines = endOfLog(log)
    const call = lines.findLast(({ msg }) => msg === 'pre-freeze-script was called')
    const run = lines.findLast(({ verdict, checks }) => typeof verdict === 'string' && Array.isArray(checks))
    return {
      log,
      unreadable: null,
      call: call ? { at: String(call['time']) } : null,
      run: run ? runLine(run) : null,
    }
  } catch (error) {
    const unreadable = errnoOf(error) === 'ENOENT' ? null : systemMessage(error)
    return { log, unreadable, call: null, run: null }
  }
}

function runLine(line: Readonly<Record<string, unknown>>): RunLine {
  const text = (name: string): string => (typeof line[name] === 'string' ? line[name] : '')
  return {
    run: text('run'),
    at: text('time'),
    askedAt: text('askedAt'),
    verdict: text('verdict'),
    message: text('msg'),
  }
}
