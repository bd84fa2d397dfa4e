import { formatDuration } from './duration.ts'
import { isOfTheServer } from './killing.ts'
import type { WaitsFor } from './lock-table.ts'
import { oneLine } from './one-line.ts'
import { describe, offender, type Statement, words } from './statement.ts'

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

/** Who keeps a lock waiting. `isNamed`: by what the server shows; else it is a guess, or nobody is in sight. */
export interface Blocker {
  readonly said: string
  readonly isNamed: boolean
}

/** Who keeps the lock waiting, as far as the server tells; undefined where nobody is in sight. */
export function blocker({ statements, inTheWay, waitsFor }: Seen): Blocker | undefined {
  const culprits = statements.filter(({ id }) => inTheWay.some((one) => one.id === id))
  const [known] = culprits.filter(isNoVictim).toSorted((a, b) => b.age - a.age)
  if (known !== undefined) return named(describeHolder(known, inTheWay))

  // A lock that waits for DDL may wait for writes to tables without transactions as well.
  const sought = { quietQuery: 0, waitsFor: waitsFor === 'ddl' ? 'writes' : waitsFor } as const
  const found = offender(statements.filter(isNoVictim), sought)
  if (found !== undefined) return named(describe(found))
  const altering = offender(statements.filter(isWaitingDdl), sought)
  return altering === undefined ? perhaps(statements) : named(describe(altering))
}

function named(said: string): Blocker {
  return { said, isNamed: true }
}

/** What waits itself, behind our own lock or behind whoever is in its way, is not who has to be ended. */
function isNoVictim({ state }: Statement): boolean {
  return !waiting.test(state)
}

/** States of the process list in MySQL and MariaDB: global read, backup, commit, metadata and table level locks, and a table's flush. */
const waiting = /^waiting for .*\block\b|^waiting for table flush|^waiting to get readlock/i

/** It waits for those who read its table, and has what a global lock waits for: ending it clears the way. */
function isWaitingDdl({ state, text }: Statement): boolean {
  return (
    /metadata lock/i.test(state) &&
    /^(alter|create|drop|truncate|rename|optimize|repair)\b/i.test(words(text))
  )
}

function describeHolder(session: Statement, inTheWay: readonly InTheWay[]): string {
  if (session.text !== '') return describe(session)
  const table = inTheWay.find(({ id, table: own }) => id === session.id && own !== null)?.table
  const what = table
    ? `with ${oneLine(table)} locked, as LOCK TABLES ... WRITE does`
    : 'with a lock on tables'
  return `${describeIdle(session)}, ${what}`
}

/** Nobody runs anything: then it is a session that has a lock and rests. Which one, not every server tells. */
function perhaps(statements: readonly Statement[]): Blocker | undefined {
  const resting = statements
    .filter((one) => one.command === 'Sleep' && !isOfTheServer(one))
    .toSorted((a, b) => b.age - a.age)
  const [first] = resting
  if (first === undefined) return undefined
  const others = resting.length > 1 ? ` (or one of ${resting.length - 1} more)` : ''
  const said = `no statement, so an idle session with a lock, as LOCK TABLES takes it: perhaps ${describeIdle(first)}${others}`
  return { said, isNamed: false }
}

/** For people: who rests since when. */
export function describeIdle({ id, user, host, age }: Statement): string {
  return `session ${id} of ${user}@${host}, idle for ${formatDuration(age)}`
}
