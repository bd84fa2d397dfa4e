import type { LockName } from '../../../src/core/lock-table.ts'
import type { ServerName } from '../../servers/catalog.ts'
import { blockerNames, blockers, type Blocking } from '../../support/blockers.ts'
import type { Scene } from '../../support/guest.ts'
import { heldBy, idleHolderNames, idleHolders } from '../../support/idle-holders.ts'
import { locksOf } from '../../support/locks.ts'
import type { FlushLog } from '../server-table.ts'

/** One freeze to measure: with which lock, beside whom, and how the server commits. */
export interface Cell {
  readonly server: ServerName
  readonly lock: LockName
  readonly beside: string
  readonly flushLog: FlushLog
  /** Options of the freeze, beside those of every freeze. */
  readonly options: readonly string[]
  /** The table that it holds and others read beside it; null: none is read. */
  readonly table: string | null
  begin(scene: Pick<Scene, 'writer' | 'server'>): Promise<AsyncDisposable>
}

/** What is measured is the attempt that the quiet moment would have spared everybody. */
const withoutQuietMoment = ['--quiet-query=1h']

/** Every lock of a server beside everybody. Who rests is for the product to see, with every way to commit. */
export function cellsOf(server: ServerName): readonly Cell[] {
  return locksOf[server].flatMap((lock) => [
    ...flushLogs.map((flushLog) => ({ server, lock, flushLog, ...nobody })),
    ...blockerNames.map((beside) => ({
      ...{ server, lock, beside, flushLog: 1 as const, table: null },
      ...{ options: withoutQuietMoment, begin: blockers[beside] },
    })),
    ...idleHolderNames.flatMap((beside) =>
      flushLogs.map((flushLog) => idle({ server, lock, beside, flushLog })),
    ),
  ])
}

const flushLogs: readonly FlushLog[] = [1, 0, 2]

const nobody = {
  beside: 'nobody',
  options: [],
  table: null,
  begin: async (): Promise<AsyncDisposable> => ({ async [Symbol.asyncDispose]() {} }),
} as const

function idle({
  beside,
  ...which
}: Pick<Cell, 'server' | 'lock' | 'flushLog'> & { readonly beside: (typeof idleHolderNames)[number] }): Cell {
  const begin = (scene: Pick<Scene, 'writer' | 'server'>): Promise<Blocking> => idleHolders[beside](scene)
  return { ...which, beside, options: [], table: heldBy[beside], begin }
}
