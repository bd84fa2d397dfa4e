import { formatDuration } from './duration.ts'
import type { WaitsFor } from './lock-table.ts'
import { oneLine } from './one-line.ts'
import { describe, offender, type Statement } from './statement.ts'

/** A session that has what a lock waits for, as the server itself tells. */
export interface InTheWay {
  readonly id: number
  /** A table that it has locked for itself, as LOCK TABLES ... WRITE does. */
  readonly table: string | null
}

export interface Seen {
  readonly statements: readonly Statement[]
  /** Empty where the server does not tell. */
  readonly inTheWay: readonly InTheWay[]
  readonly waitsFor: WaitsFor
}

/** For people: who keeps the lock waiting, as far as the server tells; undefined where nobody is in sight. */
export function blocker({ statements, inTheWay, waitsFor }: Seen): string | undefined {
  const culprits = statements.filter(({ id }) => inTheWay.some((one) => one.id === id))
  const [known] = culprits.toSorted((a, b) => b.age - a.age)
  if (known !== undefined)
    return describeHolder(
      known,
      inTheWay.find(({ id }) => id === known.id)!,
    )

  // A lock that waits for DDL may wait for writes to tables without transactions as well.
  const found = offender(statements.filter(isNoVictim), {
    quietQuery: 0,
    waitsFor: waitsFor === 'ddl' ? 'writes' : waitsFor,
  })
  return found ? describe(found) : perhaps(statements)
}

/** What waits behind our own lock is not in its way. */
function isNoVictim({ state }: Statement): boolean {
  return !/^waiting for (the )?(global read|backup|commit) lock|^waiting for table flush/i.test(state)
}

function describeHolder(session: Statement, { table }: InTheWay): string {
  if (session.text !== '') return describe(session)
  const what =
    table === null ? 'with a lock on tables' : `with ${oneLine(table)} locked, as LOCK TABLES ... WRITE does`
  return `${describeIdle(session)}, ${what}`
}

/** Nobody runs anything: then it is a session that has a lock and rests. Which one, not every server tells. */
function perhaps(statements: readonly Statement[]): string | undefined {
  const resting = statements.filter(({ command }) => command === 'Sleep').toSorted((a, b) => b.age - a.age)
  const [first] = resting
  if (first === undefined) return undefined
  const others = resting.length > 1 ? ` (or one of ${resting.length - 1} more)` : ''
  return `no statement, so an idle session with a lock, as LOCK TABLES ... WRITE takes it: perhaps ${describeIdle(first)}${others}`
}

function describeIdle({ id, user, host, age }: Statement): string {
  return `session ${id} of ${user}@${host}, idle for ${formatDuration(age)}`
}
