import type { ServerName } from '../servers/catalog.ts'
import { type Grid, number } from './grid.ts'
import type { Summary } from './statistics.ts'

/** innodb_flush_log_at_trx_commit: at each commit 0: neither written nor synced, 1: both, 2: written. */
export type FlushLog = 0 | 1 | 2

/** The added stall on one server with one setting, in milliseconds. */
export interface ServerMeasured {
  readonly server: ServerName
  readonly flushLog: FlushLog
  readonly ours: Summary
  readonly floor: Summary
  /** Once per server; undefined where it was not asked for. */
  readonly baseline: Summary | undefined
}

/** What the project wants to reach; the floor is its median. */
export const limits = { median: 4, worst: 15, lessThanBaseline: 300 } as const

interface Ratios {
  readonly median: number
  readonly worst: number
  readonly lessThanBaseline: number | undefined
}

function ratiosOf({ ours, floor, baseline }: ServerMeasured): Ratios {
  return {
    median: ours.median / floor.median,
    worst: ours.worst / floor.median,
    lessThanBaseline: baseline && baseline.median / ours.median,
  }
}

export function isReached(measured: ServerMeasured): boolean {
  const { median, worst, lessThanBaseline = Infinity } = ratiosOf(measured)
  return median <= limits.median && worst <= limits.worst && lessThanBaseline >= limits.lessThanBaseline
}

export function serverGrid(all: readonly ServerMeasured[]): Grid {
  return {
    title: `added stall, ms, of ${all[0]!.ours.of} rounds, by innodb_flush_log_at_trx_commit; median at most ${limits.median} x floor, worst at most ${limits.worst} x, at least ${limits.lessThanBaseline} x less than the procedure of 2013`,
    rows: [
      ['server', 'flush_log', 'floor', 'ours', 'worst', 'x floor', 'worst x floor', 'x less than 2013', ''],
      ...all.map(rowOf),
    ],
    sides: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
  }
}

function rowOf(measured: ServerMeasured): readonly string[] {
  const { median, worst, lessThanBaseline } = ratiosOf(measured)
  const { server, flushLog, floor, ours } = measured
  const stalls = [floor.median, ours.median, ours.worst, median, worst].map(number)
  const against = lessThanBaseline === undefined ? '-' : number(lessThanBaseline)
  return [server, String(flushLog), ...stalls, against, isReached(measured) ? 'ok' : 'NOT REACHED']
}
