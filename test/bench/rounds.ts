import { type Lab, type Measured, measure } from './measure.ts'
import type { Task } from './plan.ts'
import { number } from './grid.ts'

export interface BenchWorld {
  readonly progress: (line: string) => void
  /** Looked at between two tasks. */
  readonly stop: AbortSignal
}

export interface RoundsRequest extends BenchWorld {
  readonly rounds: readonly (readonly Task[])[]
  readonly lab: Lab
}

/** Does them one after the other, and tells the stalls of each. */
export async function measureRounds({
  rounds,
  lab,
  progress,
  stop,
}: RoundsRequest): Promise<readonly Measured[]> {
  const all: Measured[] = []
  for (const [index, round] of rounds.entries()) {
    const measured: Measured[] = []
    for (const task of round) {
      stop.throwIfAborted()
      measured.push(await measure(task, lab))
    }
    all.push(...measured)
    progress(`round ${index + 1} of ${rounds.length}: ${stalls(measured)}`)
  }
  return all
}

function stalls(measured: readonly Measured[]): string {
  const told = measured.flatMap(({ subject, measures: { addedStall } }) =>
    addedStall === undefined ? [] : [`${subject} ${number(addedStall)} ms`],
  )
  return `added stall ${told.join(', ')}`
}
