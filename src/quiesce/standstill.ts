import { saysStandsStill } from '../core/disk/mount-table.ts'
import { asFailure, Failure, type FailureCode } from '../core/failure.ts'

/** Failures of which a file system that stands still may be the reason: somebody waited for something. */
const waited: readonly FailureCode[] = [
  'freeze-timeout',
  'stopped',
  'no-quiet-moment',
  'lock-not-granted',
  'flush-timeout',
]

/** The failure of a freeze, with the file systems that stand still where there are any: what was waited for may be on them. */
export async function withStandstill(
  error: unknown,
  standingStill: () => Promise<readonly string[]>,
): Promise<Failure> {
  const failure = asFailure(error)
  if (!waited.includes(failure.code)) return failure
  const points = await standingStill()
  if (points.length === 0) return failure
  return new Failure(failure.code, `${failure.message}; ${saysStandsStill(points)}`, { cause: error })
}
