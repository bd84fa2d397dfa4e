import type { LockName } from '../lock-table.ts'
import type { Check } from '../verdict.ts'
import { engineRow } from './engine-table.ts'
import { doubt, type EngineInUse, type EnginesProof, hasOwnLog } from './engines.ts'

interface Judged {
  readonly plan: { readonly lock: LockName }
  readonly engines: EnginesProof
}

/** Does what the engines of this server have acknowledged reach the disk under this lock? */
export function enginesOnDisk({ plan: { lock }, engines: { inUse, ownLog } }: Judged): Check {
  const name = 'engines on disk'
  const doubts = inUse.flatMap((one) => doubted(one, lock))
  if (ownLog?.how === 'not seen') doubts.push(`ROCKSDB: ${ownLog.seen}`)
  if (ownLog === null && hasOwnLog(inUse)) doubts.push('ROCKSDB: nobody has asked whether its log is written')
  if (doubts.length > 0) return { name, result: 'unknown', seen: doubts.join('; ') }
  const proved = ownLog === null ? [] : [`ROCKSDB: ${ownLog.seen}`]
  return { name, result: 'yes', seen: [written(inUse), ...proved, ...inUse.flatMap(isElsewhere)].join('; ') }
}

function doubted(one: EngineInUse, lock: LockName): string[] {
  const why = doubt(one.engine, lock)
  return why === undefined ? [] : [`${one.engine} ${may[one.is]}: ${why}`]
}

const may = {
  tables: 'has tables',
  loaded: 'is loaded and may have tables, this account does not see all (SELECT ON *.*)',
} as const

/** Of rows on another server nobody expects that they are in this snapshot; it is said all the same. */
function isElsewhere({ engine }: EngineInUse): string[] {
  const row = engineRow(engine)
  return row?.reach === 'elsewhere' ? [`${engine} is not in the snapshot: ${row.missing}`] : []
}

function written(inUse: readonly EngineInUse[]): string {
  const names = inUse.filter(({ engine }) => isWritten(engine)).map(({ engine }) => engine)
  return `written under this lock: ${names.toSorted().join(', ')}`
}

function isWritten(engine: string): boolean {
  const reach = engineRow(engine)?.reach
  return reach === 'closed' || reach === 'logged'
}
