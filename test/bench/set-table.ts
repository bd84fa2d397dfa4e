import type { Summary } from './statistics.ts'
import { type Grid, number } from './grid.ts'

/** The added stall of a set, in milliseconds: the longest of its writers. */
export interface SetMeasured {
  readonly servers: number
  readonly ours: Summary
  readonly floor: Summary
}

/** What the project wants to stay under: how much more a set may be, in multiples of the floor, than the smallest. */
export const limit = 1.5

/** Its ratio to its floor, against that of the smallest set. */
function growth(one: SetMeasured, all: readonly SetMeasured[]): number {
  const ratio = ({ ours, floor }: SetMeasured) => ours.median / floor.median
  return ratio(one) / ratio(all[0]!)
}

export function isUnchanged(one: SetMeasured, all: readonly SetMeasured[]): boolean {
  return growth(one, all) <= limit
}

export function setGrid(all: readonly SetMeasured[]): Grid {
  const head = ['servers', 'ours, median', 'worst', 'floor, median', 'x floor', 'against one', '']
  const rows = all.map((one) => [
    String(one.servers),
    number(one.ours.median),
    number(one.ours.worst),
    number(one.floor.median),
    number(one.ours.median / one.floor.median),
    number(growth(one, all)),
    isUnchanged(one, all) ? 'ok' : 'NOT REACHED',
  ])
  const title = `added stall of servers locked as one set, ms, the longest of their writers; ${all[0]!.ours.of} rounds; at most ${limit} x the ratio of one server`
  return { title, rows: [head, ...rows] }
}
