import { fieldsOf } from './fields.ts'
import type { LockName } from './lock-table.ts'

/**
 * How far a replica has applied what comes through one channel: where another replica, made of a snapshot, goes on. The
 * pair of columns is the one of the applier (SQL thread), not that of what was fetched (Read_Master_Log_Pos).
 */
export interface ReplicaChannel {
  /** '' for the default channel; MariaDB: the connection name. */
  readonly name: string
  /** Host and port, for people: `10.0.0.5:3306`. */
  readonly source: string
  /** Of the source's binary log. '' as long as nothing was applied. */
  readonly file: string
  /** Bytes from the start of `file`. */
  readonly position: number
  /** `not exact`: what is after it may have been applied already. */
  readonly positionIs: 'exact' | 'not exact'
  /**
   * MySQL: Executed_Gtid_Set, without line breaks, where every transaction has a GTID (gtid_mode = ON); MariaDB: gtid_slave_pos;
   * '' where it is not exact, or not there.
   */
  readonly gtid: string
  /** What it asks its source for: MySQL's auto position, MariaDB's Using_Gtid. */
  readonly follows: 'GTID' | 'position'
  readonly sqlThread: 'running' | 'stopped'
}

/** The channels of a server, none where it is no replica; `unknown` where it did not say in time, or not to this account. */
export type Replication = readonly ReplicaChannel[] | 'unknown'

/**
 * What a channel says under this lock. BACKUP STAGE keeps MariaDB's appliers from saying what they have committed (seen on 10.11
 * with parallel threads: two transactions less than are there, file, position and gtid_slave_pos alike, for as long as it is held).
 * FLUSH TABLES WITH READ LOCK waits for them.
 */
export function underLock(lock: LockName, channel: ReplicaChannel): ReplicaChannel {
  if (lock !== 'backup-stage' || channel.sqlThread === 'stopped') return channel
  return { ...channel, positionIs: 'not exact', gtid: '' }
}

export function isReplicaChannel(value: unknown): value is ReplicaChannel {
  const { name, source, file, position, positionIs, gtid, follows, sqlThread } = fieldsOf(value)
  return (
    [name, source, file, gtid].every((text) => typeof text === 'string') &&
    Number.isInteger(position) &&
    (positionIs === 'exact' || positionIs === 'not exact') &&
    (follows === 'GTID' || follows === 'position') &&
    (sqlThread === 'running' || sqlThread === 'stopped')
  )
}

export function isReplication(value: unknown): value is Replication {
  return value === 'unknown' || (Array.isArray(value) && value.every(isReplicaChannel))
}

/** For people: `binlog.000042:1187 of 10.0.0.5:3306 (channel eu)`. */
export function formatChannel({ name, source, file, position, positionIs }: ReplicaChannel): string {
  const place = file === '' ? 'nothing applied' : `${file}:${position}`
  const beyond = positionIs === 'exact' ? '' : ' or later'
  return `${place}${beyond} of ${source}${name === '' ? '' : ` (channel ${name})`}`
}

/** For people: which channel is meant. */
export function nameOfChannel(name: string): string {
  return name === '' ? 'the default channel' : `channel ${name}`
}

/**
 * How one channel was at the freeze and is at the thaw. Where every transaction has a GTID, that tells: the position alone also
 * moves with what changes nothing, such as a new log file of the source.
 */
export function compareChannels(
  before: ReplicaChannel,
  after: ReplicaChannel,
): 'equal' | 'moved' | 'cannot tell' {
  if (before.gtid !== '' || after.gtid !== '') return before.gtid === after.gtid ? 'equal' : 'moved'
  if (before.positionIs !== 'exact' || after.positionIs !== 'exact') return 'cannot tell'
  return before.file === after.file && before.position === after.position ? 'equal' : 'moved'
}
