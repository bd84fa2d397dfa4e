import { fieldsOf } from './fields.ts'
import type { Replication } from './replica.ts'

/** Where the binary log ends under the lock: what a replica is seeded from and a recovery starts at. */
export interface Coordinates {
  readonly file: string
  /** Bytes from the start of `file`. */
  readonly position: number
  /** MySQL: Executed_Gtid_Set, without line breaks; MariaDB: gtid_binlog_pos; '' where there is none. */
  readonly gtid: string
}

export function isCoordinates(value: unknown): value is Coordinates {
  const { file, position, gtid } = fieldsOf(value)
  return typeof file === 'string' && Number.isInteger(position) && typeof gtid === 'string'
}

/** For people: `binlog.000042:1187`. */
export function formatCoordinates(coordinates: Coordinates | null): string {
  return coordinates ? `${coordinates.file}:${coordinates.position}` : 'no binary log'
}

/** For people: what a freeze is said to be at; where it is of several servers, of each. */
export function formatFrozen({ servers }: { readonly servers: readonly RecordedAt[] }): string {
  const several = servers.length > 1
  return servers.map((one) => formatRecorded(one) + (several ? ` of ${one.where}` : '')).join(', ')
}

function formatRecorded({ coordinates, coordinatesAre }: RecordedAt): string {
  const later =
    coordinatesAre === 'stable' || coordinates === null ? '' : ' or later (coordinates not stable)'
  return formatCoordinates(coordinates) + later
}

type Stood = Pick<Recorded, 'coordinates' | 'coordinatesAre'>

interface RecordedAt extends Stood {
  readonly where: string
}

/** Coordinates that were read under a lock, and whether they stood still under it. */
export interface Recorded {
  readonly coordinates: Coordinates | null
  readonly coordinatesAre: 'stable' | 'not stable'
  /** Where it goes on as a replica. */
  readonly replica: Replication
}

/**
 * For restore tools: file, position and GTID set between tabs, as xtrabackup_binlog_info has them; a line for each server
 * of the set. It is empty where they are not exact: who starts a replica there would apply transactions twice.
 */
export function binlogInfo({ servers }: { readonly servers: readonly Stood[] }): string {
  const lines = servers.map(binlogLine)
  return lines.some((line) => line !== '') ? `${lines.join('\n')}\n` : ''
}

function binlogLine({ coordinates, coordinatesAre }: Stood): string {
  if (coordinates === null || coordinatesAre === 'not stable') return ''
  return `${coordinates.file}\t${coordinates.position}\t${coordinates.gtid}`
}
