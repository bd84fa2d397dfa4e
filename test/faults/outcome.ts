import { type FailureCode, failures } from '../../src/core/failure.ts'

/** How a script ends: in one of the failures of the table, or in one of these. */
export type End = keyof typeof ends | FailureCode

/** What comes out of a fault in a phase; several where the machine decides, and each is right. */
export interface Outcome {
  readonly freeze: readonly End[]
  readonly thaw: readonly End[]
}

/** What an agent sees of the good ends and of those that a signal makes: the line, and the exit code or the signal. */
const ends = {
  frozen: { line: /^frozen at /, end: 0 },
  consistent: { line: /^thawed after .*, the snapshot is consistent$/m, end: 0 },
  'let go': { line: /^let go.*; the freeze failed, so there is no verdict$/m, end: 0 },
  'nothing to thaw': { line: /^nothing to thaw$/m, end: 0 },
  'exit 134': { line: /^/, end: 134 },
  'exit 137': { line: /^/, end: 137 },
  'exit 143': { line: /^/, end: 143 },
  SIGKILL: { line: /^/, end: 'SIGKILL' },
} as const

/** `freeze` and `thaw` as they end; `|` between what may come out of either. */
export function out(freeze: End | readonly End[], thaw: End | readonly End[]): Outcome {
  return { freeze: [freeze].flat(), thaw: [thaw].flat() }
}

export function isEnd(
  end: End,
  seen: { readonly exitCode: number | null; readonly signal: string | null; readonly stdout: string },
): boolean {
  const { line, end: wanted } = detailsOf(end)
  return line.test(seen.stdout) && (seen.exitCode ?? seen.signal) === wanted
}

/** For people: `not-consistent (30)`. */
export function describeEnd(end: End): string {
  const { end: wanted } = detailsOf(end)
  return end.startsWith('exit ') || end === wanted ? end : `${end} (${wanted})`
}

function detailsOf(end: End): { readonly line: RegExp; readonly end: number | string } {
  if (isGoodOrSignal(end)) return ends[end]
  const { exitCode, hint } = failures[end]
  return { line: new RegExp(`; ${hint}`), end: exitCode }
}

function isGoodOrSignal(end: End): end is keyof typeof ends {
  return Object.hasOwn(ends, end)
}
