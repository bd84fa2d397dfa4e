import type { ServerName } from '../../servers/catalog.ts'
import { type Grid, number } from '../grid.ts'
import type { Summary } from '../statistics.ts'

/** ours; bare: the lock alone, then FIFREEZE; before: the executables of the last commit that did not sync. */
export type DirtySubject = 'ours' | 'bare' | 'before'

export interface DirtyMeasured {
  readonly server: ServerName
  /** What was written beside the database, in megabytes, and the least that was dirty after it, in bytes. */
  readonly megabytes: number
  readonly leastDirty: number
  /** The added stall, in milliseconds; undefined where it could not be measured. */
  readonly stalls: Readonly<Record<DirtySubject, Summary | undefined>>
  /** The longest pause of the writer from the start of the freeze to that stall, in milliseconds. */
  readonly pauses: Readonly<Record<DirtySubject, Summary | undefined>>
}

/** What the project wants to reach: ours against both others. */
export const limit = 0.1

const titles: Readonly<Record<DirtySubject, string>> = {
  bare: 'lock, FIFREEZE',
  before: 'before there was a sync, FIFREEZE',
  ours: 'mysql-quiesce, FIFREEZE',
}

const order: readonly DirtySubject[] = ['bare', 'before', 'ours']

/** Is what was dirty really so, and is ours at most a tenth of each that was measured? */
export function isReached({ megabytes, leastDirty, stalls }: DirtyMeasured): boolean {
  const others = order.filter((name) => name !== 'ours').flatMap((name) => stalls[name] ?? [])
  const { ours } = stalls
  if (ours === undefined || leastDirty < megabytes * 1e6 * 0.9) return false
  return others.every(({ median }) => ours.median <= limit * median)
}

export function dirtyGrid(measured: DirtyMeasured): Grid {
  const { server, megabytes, leastDirty, stalls, pauses } = measured
  const dirty = number(leastDirty / 1e6)
  return {
    title: `added stall on ${server}, ms, with ${megabytes} MB written by another process just before (at least ${dirty} MB dirty), FIFREEZE, a snapshot of 500 ms; ours at most a tenth`,
    rows: [
      ['', 'rounds', 'median', 'worst', 'ours to it', 'pause before the lock', 'worst', ''],
      ...order.flatMap((name) => row(name, stalls[name])),
    ],
    sides: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
  }

  function row(name: DirtySubject, stall: Summary | undefined): readonly (readonly string[])[] {
    if (stall === undefined) return []
    const figures = [String(stall.of), number(stall.median), number(stall.worst)]
    const pause = [number(pauses[name]?.median ?? 0), number(pauses[name]?.worst ?? 0)]
    if (name === 'ours')
      return [[titles[name], ...figures, '', ...pause, isReached(measured) ? 'ok' : 'NOT REACHED']]
    const ours = stalls.ours?.median ?? Number.NaN
    return [[titles[name], ...figures, (ours / stall.median).toFixed(3), ...pause, '']]
  }
}
