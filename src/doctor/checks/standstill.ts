import { type Check, ok, problem } from '../check.ts'

/** Whether file systems of this machine's disks are frozen now, by their mount points. */
export function judgeStandstill(points: readonly string[]): Check[] {
  const name = 'frozen now'
  if (points.length === 0) return [ok(name, 'no file system')]
  return points.map((point) =>
    problem(
      name,
      `${point} takes no changes`,
      `if no snapshot is being taken: fsfreeze -u ${point}; else look why the disk is slow`,
    ),
  )
}
