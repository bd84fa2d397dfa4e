import type { Figures } from './figures.ts'
import type { SubjectName } from './subject.ts'

/** Something to reach. Ratios of one run, because machines are noisy. */
export interface Target {
  readonly what: string
  readonly sense: 'at most' | 'at least'
  readonly limit: number
  /** What the limit is in: `x floor`, `ms`. */
  readonly unit: string
  /** Null: this run did not measure it. */
  readonly seen: number | null
}

export type Outcome = 'ok' | 'NOT REACHED' | 'not measured'

export function outcomeOf({ sense, limit, seen }: Target): Outcome {
  if (seen === null) return 'not measured'
  return (sense === 'at most' ? seen <= limit : seen >= limit) ? 'ok' : 'NOT REACHED'
}

/** What the project wants to reach, and what was seen. The floor is one figure: the median of its added stall. */
export function targetsFor({
  ours,
  floor,
  baseline,
}: Readonly<Record<SubjectName, Figures>>): readonly Target[] {
  return [
    {
      what: 'added stall, median',
      sense: 'at most',
      limit: 4,
      unit: 'x floor',
      seen: ratio(ours.addedStall?.median, floor.addedStall?.median),
    },
    {
      what: 'added stall, worst',
      sense: 'at most',
      limit: 15,
      unit: 'x floor',
      seen: ratio(ours.addedStall?.worst, floor.addedStall?.median),
    },
    {
      what: 'added stall, median',
      sense: 'at least',
      limit: 300,
      unit: 'x less than baseline',
      seen: ratio(baseline.addedStall?.median, ours.addedStall?.median),
    },
    {
      what: 'release, median',
      sense: 'at most',
      limit: 2.5,
      unit: 'x floor without sync',
      seen: ratio(ours.release?.median, withoutSync(floor)),
    },
    {
      what: 'pre-freeze on an idle server, median',
      sense: 'at most',
      limit: 300,
      unit: 'ms',
      seen: ours.preFreeze?.median ?? null,
    },
    {
      what: 'locker memory, worst',
      sense: 'at most',
      limit: 1.6,
      unit: 'x empty Node.js',
      seen: ratio(ours.lockerMemory?.worst, ours.emptyNode?.median),
    },
  ]
}

function ratio(one: number | undefined, other: number | undefined): number | null {
  return one === undefined || other === undefined ? null : one / other
}

/** Nobody syncs at the thaw: what it is measured against may not grow with the disk. */
function withoutSync({ addedStall, synced }: Figures): number | undefined {
  return addedStall === undefined ? undefined : addedStall.median - (synced?.median ?? 0)
}
