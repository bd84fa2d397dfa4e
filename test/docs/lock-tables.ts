import { describeWhere, type Where } from '../../src/core/by-server.ts'
import { dialectTable } from '../../src/core/dialect.ts'
import { type EngineRow, engineTable, type Reach } from '../../src/core/disk/engine-table.ts'
import { type LockRow, lockTable } from '../../src/core/lock-table.ts'

/** The table of locks for docs/locks.md. */
export function locksMarkdown(): string {
  const head = ['lock', 'on', 'statements', 'waits for', 'what waits under it', 'coordinates', 'run on']
  return table(head, lockTable.map(lockCells))
}

function lockCells(row: LockRow): string[] {
  const take = row.take.map(({ say, privilege }) => `\`${say}\` (${privilege})`)
  const release = row.release.map((statement) => `\`${statement}\``)
  return [
    `\`${row.lock}\``,
    describeWhere(row),
    `${take.join(', ')}; then ${release.join(', ')}`,
    { all: 'every statement, readers too', writes: 'statements that write', ddl: 'DDL' }[row.waitsFor],
    row.stops,
    row.coordinates,
    row.ranOn.join(', ') || 'no real server: from the manual',
  ]
}

/** The table of engines for docs/locks.md. */
export function enginesMarkdown(): string {
  const head = ['engine', 'reaches the disk', 'how', 'copies seen on']
  return table(head, engineTable.map(engineCells))
}

function engineCells({ engine, reach, how, seenOn }: EngineRow): string[] {
  const words: Readonly<Record<Reach, string>> = {
    closed: 'by the lock',
    logged: 'by the flush',
    'own log': 'by its own log',
    'nothing on disk': 'never, nothing of it is there',
    elsewhere: 'of another machine',
    'foreign files': 'not known',
  }
  const hasCopies = reach !== 'nothing on disk' && reach !== 'elsewhere'
  return [
    engine,
    words[reach],
    how,
    seenOn.join(', ') || (hasCopies ? 'none: from its source or manual' : ''),
  ]
}

/** What else is said differently, for docs/locks.md. */
export function dialectMarkdown(): string {
  const rows = Object.entries(dialectTable).flatMap(([name, all]) =>
    all.map((row: Where & { readonly say: string }) => [name, describeWhere(row), `\`${row.say}\``]),
  )
  return table(['what', 'on, the first that applies', 'is said as'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
