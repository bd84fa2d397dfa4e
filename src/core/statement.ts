import { formatDuration } from './duration.ts'

/** One row of SHOW FULL PROCESSLIST that is running something. */
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

/** Sessions that wait for work, or feed a replica: they use no table. */
const idle = new Set(['Sleep', 'Binlog Dump', 'Binlog Dump GTID', 'Daemon', 'Connect', 'Slave_IO'])

/** The oldest statement that would keep the lock waiting for longer than `quietQuery` (ms), if there is one. */
export function offender(
  statements: readonly Statement[],
  { quietQuery, waitsForReaders }: { readonly quietQuery: number; readonly waitsForReaders: boolean },
): Statement | undefined {
  return statements
    .filter(({ command, text }) => !idle.has(command) && text !== '')
    .filter(({ age }) => age >= quietQuery)
    .filter(({ text }) => waitsForReaders || !reads(text))
    .toSorted((a, b) => b.age - a.age)[0]
}

/** What may stand before the first word: spaces, parentheses and comments, but for those that are executed. */
const beforeWords = /^(\s|\(|\/\*(?!M?!).*?\*\/|(#|--(?=\s))[^\n]*\n)+/s

/** A statement that only reads, by its first words. What is not known to read is taken for a writer. */
function reads(text: string): boolean {
  const words = text.replace(beforeWords, '')
  if (/\b(for\s+update|into\s+(out|dump)file)\b/i.test(words)) return false
  if (/^with\b/i.test(words)) return !/\b(insert|update|delete|replace)\b/i.test(words)
  return /^(select|show|desc|describe|explain|help)\b/i.test(words)
}

/** For people: who runs what since when. */
export function describe({ id, user, host, age, text }: Statement): string {
  return `statement ${id} of ${user}@${host}, running for ${formatDuration(age)}: ${text.replaceAll(/\s+/g, ' ').slice(0, 80)}`
}
