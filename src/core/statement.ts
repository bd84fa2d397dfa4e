import { formatDuration } from './duration.ts'
import type { WaitsFor } from './lock-table.ts'
import { oneLine } from './one-line.ts'

/** One row of SHOW FULL PROCESSLIST: a session, and what it runs; an idle one runs nothing. */
export interface Statement {
  readonly id: number
  readonly user: string
  readonly host: string
  readonly command: string
  /** Milliseconds it has been in its state; the server counts whole seconds. */
  readonly age: number
  readonly state: string
  readonly text: string
}

/**
 * Sessions that wait for work, or feed a replica: they use no table. `Connect` is not among them: so the server shows the statement of
 * an event, and MySQL 5.7 that of an applier (seen there, on 9.7 and on MariaDB 10.11); where it waits, it shows none.
 */
const idle = new Set(['Sleep', 'Binlog Dump', 'Binlog Dump GTID', 'Daemon', 'Slave_IO'])

/** What is shown where nothing runs; the second by a member of a replication group, for as long as it is one. */
const noStatements = new Set(['', 'Group replication applier module'])

/** The oldest statement that would keep the lock waiting for longer than `quietQuery` (ms), if there is one. */
export function offender(
  statements: readonly Statement[],
  { quietQuery, waitsFor }: { readonly quietQuery: number; readonly waitsFor: WaitsFor },
): Statement | undefined {
  return statements
    .filter(({ command, text }) => !idle.has(command) && !noStatements.has(text))
    .filter(({ age }) => age >= quietQuery)
    .filter(({ text }) => keepsWaiting[waitsFor](text))
    .toSorted((a, b) => b.age - a.age)[0]
}

const keepsWaiting: Readonly<Record<WaitsFor, (text: string) => boolean>> = {
  all: () => true,
  writes: (text) => !reads(text),
  ddl: (text) => ddl.test(words(text)),
}

const ddl = /^(alter|create|drop|truncate|rename|optimize|analyze|repair|lock|flush|backup|grant|revoke)\b/i

/** What may stand before the first word: spaces, parentheses and comments, but for those that are executed. */
const beforeWords = /^(\s|\(|\/\*(?!M?!).*?\*\/|(#|--(?=\s))[^\n]*\n)+/s

/** The statement from its first word on. */
export function words(text: string): string {
  return text.replace(beforeWords, '')
}

/** A statement that only reads, by its first words. What is not known to read is taken for a writer. */
function reads(text: string): boolean {
  const said = words(text)
  if (/\b(for\s+update|into\s+(out|dump)file)\b/i.test(said)) return false
  if (/^with\b/i.test(said)) return !/\b(insert|update|delete|replace)\b/i.test(said)
  return /^(select|show|desc|describe|explain|help)\b/i.test(said)
}

/** For people: who runs what since when. */
export function describe({ id, user, host, age, text }: Statement): string {
  return `statement ${id} of ${user}@${host}, running for ${formatDuration(age)}: ${beginning(text)}`
}

/** The first 80 characters, on one line. */
function beginning(text: string): string {
  return oneLine(text).slice(0, 80)
}
