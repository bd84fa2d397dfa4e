import { fieldsOf } from '../fields.ts'

/** What RocksDB says of its log. */
export interface OwnLog {
  /** rocksdb_flush_log_at_trx_commit: 1 writes and syncs it at every commit; after 0 and 2 it stays in memory for up to a second. */
  readonly atCommit: number
  /** rocksdb_write_disable_wal is OFF: what is committed is logged. */
  readonly isOn: boolean
  /** Rocksdb_wal_synced: how many times the log was written and synced; null where it is not told. */
  readonly syncs: number | null
}

/**
 * How RocksDB's log came into its file under the lock.
 * `every commit`: each has written it. `flushed`: all was written on demand. `waited`: RocksDB did it, as it does once a second.
 */
export interface OwnLogProof {
  readonly how: 'every commit' | 'flushed' | 'waited' | 'not seen'
  /** For people, with its values. */
  readonly seen: string
}

/**
 * RocksDB writes its log, counts, and then syncs it (RocksDB's DBImpl::FlushWAL and SyncWAL). The first that is counted
 * under the lock may have written before it; the second has not.
 */
export const flushesToWaitFor = 2

/** How long they may take together, in milliseconds: one comes every second (storage/rocksdb/ha_rocksdb.cc, Rdb_background_thread). */
export const ownFlushWithin = 3000

const hows: readonly unknown[] = [
  'every commit',
  'flushed',
  'waited',
  'not seen',
] satisfies OwnLogProof['how'][]

export function isOwnLogProof(value: unknown): value is OwnLogProof {
  const { how, seen } = fieldsOf(value)
  return hows.includes(how) && typeof seen === 'string'
}

/** Is the log in its file with every commit? */
export function isWrittenAtCommit({ atCommit, isOn }: OwnLog): boolean {
  return isOn && atCommit === 1
}

/** From the rows of SHOW GLOBAL VARIABLES and SHOW GLOBAL STATUS, whose names Percona Server writes in lower case; null where RocksDB is not loaded. */
export function ownLogFrom(rows: ReadonlyMap<string, string>): OwnLog | null {
  const byName = new Map([...rows].map(([name, value]) => [name.toLowerCase(), value]))
  const atCommit = byName.get('rocksdb_flush_log_at_trx_commit')
  if (atCommit === undefined) return null
  const syncs = byName.get('rocksdb_wal_synced')
  return {
    atCommit: Number(atCommit),
    isOn: byName.get('rocksdb_write_disable_wal') !== 'ON',
    syncs: syncs === undefined ? null : Number(syncs),
  }
}
