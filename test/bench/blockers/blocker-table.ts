import type { LockName } from '../../../src/core/lock-table.ts'
import { type ServerName, serverNames } from '../../servers/catalog.ts'
import { type Grid, number } from '../grid.ts'
import type { FlushLog } from '../server-table.ts'

/** How a freeze came out; one that was frozen is thawed at once. */
export type Outcome = 'frozen' | 'refused' | 'not let go'

/** What others saw of one freeze beside one blocker; times in milliseconds. */
export interface BlockerMeasured {
  readonly server: ServerName
  readonly lock: LockName
  readonly beside: string
  readonly flushLog: FlushLog
  readonly outcome: Outcome
  /** From the start of the freeze to its end, and for one that was frozen to the end of the thaw. */
  readonly took: number
  /** The longest time between two commits, and between two reads, elsewhere on the server. */
  readonly writers: number
  readonly readers: number
  /** And between two reads of the table that it holds; null where it cannot be read beside it. */
  readonly readersOfTable: number | null
  /** The longest that any of them waited once the freeze had ended, while the blocker went on. */
  readonly after: number
}

/** lock-wait of the measured freezes, and what the project wants to stay under, in milliseconds. */
export const lockWait = 1000
export const limit = lockWait + 500

/** Who waits for longer once the freeze has ended is stalled; a machine with other work to do makes pauses too. */
export const afterLimit = 500

export function isTooLong(measured: BlockerMeasured): boolean {
  return measured.outcome === 'not let go' || stall(measured) > limit || measured.after > afterLimit
}

function stall({ writers, readers, readersOfTable }: BlockerMeasured): number {
  return Math.max(writers, readers, readersOfTable ?? 0)
}

export function blockerGrid(measured: readonly BlockerMeasured[]): Grid {
  const stalled = ['writers', 'readers', 'of its table', 'after']
  const head = ['server', 'lock', 'beside', 'flush_log', 'freeze', 'took', ...stalled, '']
  const rows = measured.map((one) => [
    ...[one.server, one.lock, one.beside, String(one.flushLog), one.outcome],
    ...[one.took, one.writers, one.readers].map(number),
    one.readersOfTable === null ? '' : number(one.readersOfTable),
    number(one.after),
    isTooLong(one) ? 'TOO LONG' : 'ok',
  ])
  const [left, right] = ['left', 'right'] as const
  const sides = [left, left, left, right, left, right, right, right, right, right, left]
  return { title, rows: [head, ...rows], sides }
}

const title = `the longest stall, ms, of who writes and reads elsewhere or reads the table that is held; lock-wait is ${lockWait} ms, nobody may be stalled for more than ${limit} ms, and for more than ${afterLimit} ms after the freeze has ended`

/** The same for a page: of each server the worst, with every lock and every way to commit. */
export function worstGrid(measured: readonly BlockerMeasured[]): Grid {
  const servers = serverNames.filter((name) => measured.some(({ server }) => server === name))
  const names = [...new Set(measured.map(({ beside }) => beside))]
  const rows = names.map((name) => {
    const beside = measured.filter((one) => one.beside === name)
    const cells = servers.map((server) => worst(beside.filter((one) => one.server === server)))
    return [name, ...cells, number(Math.max(...beside.map(({ after }) => after)))]
  })
  return { title, rows: [['beside', ...servers, 'after'], ...rows] }
}

function worst(measured: readonly BlockerMeasured[]): string {
  if (measured.length === 0) return ''
  const stalled = number(Math.max(...measured.map(stall)))
  return measured.some(isTooLong) ? `**${stalled}**` : stalled
}
