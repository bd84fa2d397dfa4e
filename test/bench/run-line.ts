import type { Step } from '../../src/core/step.ts'

/** What the bench reads of a `run` line of the log. */
export interface RunLine {
  readonly run: string
  readonly steps: readonly Step[]
}

/** The last `run` line of a log; each run has one. */
export function lastRun(log: string): RunLine {
  const last = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
    .findLast(isRunLine)
  if (last === undefined) throw new Error('the log has no line of a run')
  return last
}

function isRunLine(value: unknown): value is RunLine {
  if (typeof value !== 'object' || value === null) return false
  return 'run' in value && 'verdict' in value && 'steps' in value && Array.isArray(value.steps)
}
