import { aligned, number } from '../grid.ts'
import type { WatchMeasured } from './measure.ts'

/** What the project wants to stay under while nothing is frozen, in percent of one processor. */
export const mostProcessor = 2

/** None missed, for a backup would fail; none invented, for a verdict would be wrong. */
export function isReliable({ missed, invented }: WatchMeasured): boolean {
  return missed.every((count) => count === 0) && invented === 0
}

export function isCheap({ percentOfProcessor }: WatchMeasured): boolean {
  return percentOfProcessor === null || percentOfProcessor <= mostProcessor
}

export function watchTable(all: readonly WatchMeasured[]): string {
  const head = [
    'disks',
    'busy',
    'freezes',
    'missed',
    'quiet, s',
    'invented',
    'processor, %',
    'memory, MB',
    'begun, ms',
    '',
  ]
  const rows = all.map((one) => [
    String(one.fileSystems),
    String(one.busy),
    String(one.freezes),
    one.missed.join(' '),
    number(one.quiet / 1000),
    String(one.invented),
    one.percentOfProcessor === null ? '' : number(one.percentOfProcessor),
    number(one.megabytes),
    number(one.begunAfter),
    outcome(one),
  ])
  const title = `freezes of ${all[0]!.frozenFor} ms as the watcher sees them, while it is eager; 'busy' processes use the processors meanwhile; at most ${mostProcessor} % of one processor`
  return `${title}\n\n${aligned([head, ...rows])}`
}

function outcome(one: WatchMeasured): string {
  if (!isReliable(one)) return 'NOT REACHED'
  return isCheap(one) ? 'ok' : 'ok, but dear'
}
