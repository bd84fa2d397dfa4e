import type { Step } from '../../src/core/step.ts'

/** What is read of the line that the log has for each run. */
export interface RunLine {
  readonly verdict: string
  readonly steps: readonly Step[]
}

/** The last run in a log; undefined where there is none. */
export function lastRun(log: string): RunLine | undefined {
  const lines = log.split('\n').filter((line) => line !== '')
  return lines.map((line): unknown => JSON.parse(line)).findLast(isRunLine)
}

function isRunLine(value: unknown): value is RunLine {
  if (typeof value !== 'object' || value === null) return false
  return 'verdict' in value && 'steps' in value && Array.isArray(value.steps)
}
