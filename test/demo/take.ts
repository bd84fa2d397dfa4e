import type { Step } from '../../src/core/step.ts'
import type { Agent } from './agent.ts'
import type { Check } from './checks.ts'
import type { Place } from './place.ts'
import type { Stalls } from './stalls.ts'
import type { Writers } from './writers.ts'
import type { Server } from '../servers/start.ts'

/** Who is there when a snapshot is taken. */
export interface Scene {
  readonly place: Place
  readonly server: Server
  readonly writers: Writers
  readonly agent: Agent
  readonly stop: AbortSignal
}

/** One snapshot: what happened when, how long the writers stood still, and what holds of the copy. */
export interface Take {
  readonly timeline: readonly Happening[]
  readonly stalls: Stalls
  readonly checks: readonly Check[]
}

/** One step of a take: `at` is milliseconds after the first one began, `took` how long it lasted. */
export interface Happening {
  readonly what: string
  readonly at: number
  readonly took: number
  readonly said: string
  /** What locktables did in it. */
  readonly steps: readonly Step[]
}

/** What came of a step, and when it was, in milliseconds of `performance.now()`. */
export interface Timed<T> {
  readonly result: T
  readonly from: number
  readonly to: number
}

export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const from = performance.now()
  const result = await work()
  return { result, from, to: performance.now() }
}

/** A row of the timeline of a take that began at `begin`. */
export function happened(
  what: string,
  { from, to }: Pick<Timed<unknown>, 'from' | 'to'>,
  {
    begin,
    said,
    steps = [],
  }: { readonly begin: number; readonly said: string; readonly steps?: readonly Step[] },
): Happening {
  return { what, at: from - begin, took: to - from, said, steps }
}
