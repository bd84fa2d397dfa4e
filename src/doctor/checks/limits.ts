import { formatDuration } from '../../core/duration.ts'
import type { Settings } from '../../core/settings.ts'
import type { Limit } from '../../platforms/platform.ts'
import { type Check, ok, warning } from '../check.ts'

/** Limits of the agent into which settings of ours have to fit, as they are on this machine. */
export interface LimitFacts {
  readonly limits: readonly Pick<Limit, 'seconds' | 'fits' | 'setBy'>[]
  /** What the agent's configuration sets instead, for a limit that it may set. */
  readonly set: (by: NonNullable<Limit['setBy']>) => string | null
  readonly settings: Pick<Settings, 'freezeWithin' | 'holdAtMost' | 'thawWithin'>
}

/** An agent that gives up first stops us: the freeze is undone, or the lock let go too early. */
export function judgeLimits({ limits, set, settings }: LimitFacts): Check[] {
  return limits.flatMap(({ seconds, fits = [], setBy }) => {
    const other = setBy ? Number(set(setBy) ?? Number.NaN) : Number.NaN
    const limit = Number.isNaN(other) ? seconds : other
    // 0: VMware Tools wait for ever
    return fits.length === 0 || limit === null || limit === 0 ? [] : [judge(limit * 1000, fits, settings)]
  })
}

function judge(limit: number, fits: NonNullable<Limit['fits']>, settings: LimitFacts['settings']): Check {
  const values = {
    'freeze-within': settings.freezeWithin,
    'hold-at-most': settings.holdAtMost,
    'thaw-within': settings.thawWithin,
  }
  const sum = fits.reduce((total, name) => total + values[name], 0)
  const seen = `${fits.join(' + ')} is ${formatDuration(sum)}, and the agent waits for ${formatDuration(limit)}`
  if (sum < limit) return ok('time limits', seen)
  return warning('time limits', seen, `lower ${fits.join(' or ')}, or give the agent more time`)
}
