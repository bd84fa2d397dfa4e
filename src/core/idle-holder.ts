import { describeIdle } from './blocker.ts'
import { oneLine } from './one-line.ts'
import type { Statement } from './statement.ts'

/** A session that rests and keeps a table in use, as metadata_locks shows it. */
export interface IdleHolder {
  readonly id: number
  readonly table: string
  readonly by: 'LOCK TABLES ... READ' | 'LOCK TABLES ... WRITE' | 'HANDLER'
}

/** The one that has rested longest, for at least `quietQuery` (ms), for people; undefined where there is none. */
export function idleOffender(
  holders: readonly IdleHolder[],
  { statements, quietQuery }: { readonly statements: readonly Statement[]; readonly quietQuery: number },
): string | undefined {
  const [first] = statements
    .filter(({ command, age }) => command === 'Sleep' && age >= quietQuery)
    .filter(({ id }) => holders.some((holder) => holder.id === id))
    .toSorted((a, b) => b.age - a.age)
  if (first === undefined) return undefined
  const { table, by } = holders.find(({ id }) => id === first.id)!
  return `${describeIdle(first)}, with ${oneLine(table)} in use by ${by}`
}

/** What a row of metadata_locks means (seen on MySQL 5.7 and 9.7); an open transaction has SHARED_READ or SHARED_WRITE, which is not in the way. */
export function heldBy(lockType: string): IdleHolder['by'] {
  if (lockType === 'SHARED_READ_ONLY') return 'LOCK TABLES ... READ'
  return lockType === 'SHARED_NO_READ_WRITE' ? 'LOCK TABLES ... WRITE' : 'HANDLER'
}
