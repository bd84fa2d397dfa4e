import { fieldsOf } from '../fields.ts'
import type { LockName } from '../lock-table.ts'
import { type EngineRow, engineRow } from './engine-table.ts'
import { isOwnLogProof, type OwnLogProof } from './own-log.ts'

/** A storage engine that is loaded. */
export interface EngineInUse {
  /** As SHOW ENGINES has it. */
  readonly engine: string
  /** `tables`: it has some. `loaded`: it was not looked for, or this account does not see every table. */
  readonly is: 'tables' | 'loaded'
}

/** What is known of the engines of one server: asked before the lock, and of RocksDB's log under it. */
export interface EnginesProof {
  /** An engine that was looked for and has no table is left out. */
  readonly inUse: readonly EngineInUse[]
  /** Null where no engine has a log of its own. */
  readonly ownLog: OwnLogProof | null
}

export function isEnginesProof(value: unknown): value is EnginesProof {
  const { inUse, ownLog } = fieldsOf(value)
  return Array.isArray(inUse) && inUse.every(isEngineInUse) && (ownLog === null || isOwnLogProof(ownLog))
}

function isEngineInUse(value: unknown): boolean {
  const { engine, is } = fieldsOf(value)
  return typeof engine === 'string' && (is === 'tables' || is === 'loaded')
}

/** Is there one whose log has to be written by itself? */
export function hasOwnLog(inUse: readonly EngineInUse[]): boolean {
  return inUse.some(({ engine }) => engineRow(engine)?.reach === 'own log')
}

/** Why nobody knows whether what is in its tables reaches the disk under this lock; undefined where it does. */
export function doubt(engine: string, lock: LockName): string | undefined {
  const row = engineRow(engine)
  if (row === undefined) return 'nothing is known about how it reaches the disk'
  if (row.reach === 'foreign files') return row.missing
  return staysInMemory(row, lock) ? `${lock} does not close its files` : undefined
}

/** Under `instance` a check of its own says whether there are such tables at all. */
function staysInMemory({ buffers }: EngineRow, lock: LockName): boolean {
  return buffers === true && lock === 'backup-locks'
}
