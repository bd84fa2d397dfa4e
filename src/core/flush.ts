import { fieldsOf } from './fields.ts'
import { isAtLeast, type Server } from './server.ts'

/** What is not on disk yet, as the server counts it. */
export interface FlushStatus {
  /** Key_blocks_not_flushed (MyISAM) and Aria_pagecache_blocks_not_flushed (MariaDB), added up. */
  readonly dirtyBlocks: number
  /** InnoDB's log sequence number, bytes; null where there is no InnoDB. */
  readonly lsn: number | null
  /** Up to where InnoDB's redo log is on disk, bytes. */
  readonly flushedLsn: number | null
}

/** What was wanted, and what was there when it was called flushed. */
export interface FlushProof {
  /** Who brings the log to the disk: the server has done it, or has only written it, and our sync does it. */
  readonly by: 'server' | 'sync'
  /** The LSN that was read under the lock; null where there is no InnoDB. */
  readonly wanted: number | null
  readonly status: FlushStatus
}

export function isFlushProof(value: unknown): value is FlushProof {
  const { by, wanted, status } = fieldsOf(value)
  const { dirtyBlocks, lsn, flushedLsn } = fieldsOf(status)
  const isLsn = (one: unknown) => one === null || typeof one === 'number'
  return (
    (by === 'server' || by === 'sync') &&
    isLsn(wanted) &&
    typeof dirtyBlocks === 'number' &&
    isLsn(lsn) &&
    isLsn(flushedLsn)
  )
}

/**
 * What FLUSH ENGINE LOGS does to InnoDB's log. MySQL, and MariaDB from 11 on, write and sync it whatever the setting is. MariaDB before does as
 * innodb_flush_log_at_trx_commit says: with 1 it syncs, with 2 and 3 it only writes, and with 0 it does nothing, so that the log is
 * written by InnoDB itself once a second (2 000 of 2 000 rows lost at a kill -9 after the statement on 10.5 and 10.11, none with 2).
 */
export type LogFlush = 'syncs' | 'writes' | 'does nothing'

export function logFlushOf(server: Pick<Server, 'family' | 'version'>, atCommit: number): LogFlush {
  if (server.family !== 'mariadb' || isAtLeast(server, '11.0') || atCommit === 1) return 'syncs'
  return atCommit === 0 ? 'does nothing' : 'writes'
}

/** Nothing is left to be done, but for our own sync where the server leaves it to that. */
export function isProven({ by, wanted, status }: FlushProof): boolean {
  return by === 'sync' ? status.dirtyBlocks === 0 : isFlushed(status, wanted)
}

/** For people, with its values. */
export function describeProof({ by, wanted, status }: FlushProof): string {
  if (by === 'server') return describeFlush(status, wanted)
  return `${status.dirtyBlocks} dirty blocks, log written up to ${wanted} by FLUSH ENGINE LOGS, and synced by us`
}

/**
 * Everything that was written before `lsn` is on disk. Never "lsn = flushed lsn": InnoDB's own work moves
 * the one under the lock too (5.7 by 125 bytes in 3 s, 9.7 by 150 kB).
 */
export function isFlushed(status: FlushStatus, lsn: number | null): boolean {
  return status.dirtyBlocks === 0 && (lsn === null || (status.flushedLsn ?? 0) >= lsn)
}

/** For people, with its values. */
export function describeFlush({ dirtyBlocks, flushedLsn }: FlushStatus, lsn: number | null): string {
  const log = lsn === null ? 'no InnoDB' : `log flushed up to ${flushedLsn}, wanted ${lsn}`
  return `${dirtyBlocks} dirty blocks, ${log}`
}

/** From SHOW GLOBAL STATUS rows; the LSNs are there on MariaDB >= 10.5 and Percona, fresh at every call. */
export function flushStatusFrom(rows: ReadonlyMap<string, string>): FlushStatus {
  return {
    dirtyBlocks:
      Number(rows.get('Key_blocks_not_flushed') ?? 0) +
      Number(rows.get('Aria_pagecache_blocks_not_flushed') ?? 0),
    lsn: numberOrNull(rows.get('Innodb_lsn_current')),
    flushedLsn: numberOrNull(rows.get('Innodb_lsn_flushed')),
  }
}

/**
 * The LSNs in the LOG section of SHOW ENGINE INNODB STATUS, by their labels: 5.6 to 9.7 and MariaDB print
 * different numbers of lines and spaces. MySQL's own Innodb_redo_log_*_lsn rows (>= 8.0.30) lag behind by
 * up to a second (seen on 9.7: unchanged after FLUSH ENGINE LOGS), so they cannot prove a flush. Null where they are not both there.
 */
export function lsnsFrom(innodbStatus: string): Pick<FlushStatus, 'lsn' | 'flushedLsn'> | null {
  const lsn = numberOrNull(/^Log sequence number\s+(\d+)/m.exec(innodbStatus)?.[1])
  const flushedLsn = numberOrNull(/^Log flushed up to\s+(\d+)/m.exec(innodbStatus)?.[1])
  return lsn === null || flushedLsn === null ? null : { lsn, flushedLsn }
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text)
}
