import { type Grid, number } from '../grid.ts'
import type { Summary } from '../statistics.ts'

/** What freezes of an idle server took with one Node.js. */
export interface NodeMeasured {
  /** As `process.version` has it. */
  readonly version: string
  /** Milliseconds. */
  readonly preFreeze: Summary
  /** Bytes; emptyNode: of a process of it that does nothing. */
  readonly lockerMemory: Summary
  readonly emptyNode: Summary
}

/** What the project wants to reach: milliseconds, and multiples of an empty process. */
export const limits = { preFreeze: 300, memory: 1.6 } as const

export function isReached(measured: NodeMeasured): boolean {
  return measured.preFreeze.median <= limits.preFreeze && memoryRatio(measured) <= limits.memory
}

function memoryRatio({ lockerMemory, emptyNode }: NodeMeasured): number {
  return lockerMemory.worst / emptyNode.median
}

export function nodeGrid(all: readonly NodeMeasured[]): Grid {
  const head = ['Node.js', 'pre-freeze, ms', 'worst', 'locker, MB', 'empty, MB', 'x empty', '']
  return {
    title: `an idle server, ${all[0]!.preFreeze.of} rounds; the median of pre-freeze at most ${limits.preFreeze} ms, the locker's largest resident set at most ${limits.memory} x that of an empty process`,
    rows: [head, ...all.map(rowOf)],
    sides: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
  }
}

function rowOf(measured: NodeMeasured): readonly string[] {
  const { version, preFreeze, lockerMemory, emptyNode } = measured
  return [
    version,
    number(preFreeze.median),
    number(preFreeze.worst),
    number(lockerMemory.worst / 1e6),
    number(emptyNode.median / 1e6),
    memoryRatio(measured).toFixed(2),
    isReached(measured) ? 'ok' : 'NOT REACHED',
  ]
}
