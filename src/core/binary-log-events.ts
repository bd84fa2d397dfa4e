import type { Coordinates } from './coordinates.ts'

/** One row of SHOW BINLOG EVENTS. */
export interface BinaryLogEvent {
  /** `Query`, `Gtid`, `Xid`, `Write_rows`: its Event_type. */
  readonly type: string
  /** Its Info: of a Query the statement. */
  readonly info: string
  /** Its Pos and End_log_pos: where it begins and ends, in bytes. */
  readonly begin: number
  readonly end: number
}

/** What moved the binary log while the lock was held. */
export type Moved =
  /** Statements about temporary tables, which no global lock keeps from the log, and nothing else. */
  | { readonly by: 'temporary tables'; readonly statements: number }
  /** A new file was begun: FLUSH LOGS, or a file that was full. */
  | { readonly by: 'rotation' }
  /** The first event that is neither. */
  | { readonly by: 'something else'; readonly event: string }
  /** Why the events could not be read. */
  | { readonly by: 'not read'; readonly because: string }

/** How many events are read. Temporary tables leave a handful. */
export const mostEvents = 500

/**
 * What these events from one position to another amount to. What is not known for certain is something else. Seen on MySQL 5.6 (every
 * format), 5.7 (ROW, and MIXED and STATEMENT at the end of a session) and 9.7 (STATEMENT):
 * `DROP TEMPORARY TABLE IF EXISTS ...`, and at the end of a session DROP with TEMPORARY in a versioned comment. Not CREATE: a function
 * that it calls may write to another table.
 */
export function movedBy(
  events: readonly BinaryLogEvent[],
  { from, to }: { readonly from: number; readonly to: number },
): Moved {
  const foreign = events.find((event) => !isFrame(event) && !isTemporary(event))
  if (foreign !== undefined) return { by: 'something else', event: describeEvent(foreign) }
  if (events.length >= mostEvents) return { by: 'something else', event: `more than ${mostEvents} events` }
  if (!coverAll(events, from, to)) return { by: 'something else', event: 'events that are not all there' }
  const statements = events.filter(isTemporary).length
  if (statements === 0) return { by: 'something else', event: 'no statement' }
  return { by: 'temporary tables', statements }
}

/** Each begins where the one before ends. */
function coverAll(events: readonly BinaryLogEvent[], from: number, to: number): boolean {
  const ends = [from, ...events.map(({ end }) => end)]
  return ends.at(-1) === to && events.every(({ begin }, index) => begin === ends[index])
}

/** What stands around a statement. An Xid is the commit of an engine, and no frame. */
function isFrame({ type, info }: BinaryLogEvent): boolean {
  if (type === 'Gtid' || type === 'Anonymous_Gtid') return true
  return type === 'Query' && (info === 'BEGIN' || info === 'COMMIT')
}

/** As the servers write it themselves. */
const temporary = /^(use `(?:[^`]|``)*`; )?DROP (TEMPORARY|\/\*!40005 TEMPORARY \*\/) TABLE /i

function isTemporary({ type, info }: BinaryLogEvent): boolean {
  return type === 'Query' && temporary.test(info)
}

function describeEvent({ type, info }: BinaryLogEvent): string {
  return `${type} ${info}`.trim().slice(0, 120)
}

/** For people: what it is, or what it can be and how to tell. */
export function describeMoved(moved: Moved, from: Coordinates): string {
  const look = `SHOW BINLOG EVENTS IN '${from.file}' FROM ${from.position}`
  switch (moved.by) {
    case 'temporary tables':
      return `by DROP TEMPORARY TABLE alone (${moved.statements} in the log), which no lock keeps from the binary log`
    case 'rotation':
      return 'by a new file: FLUSH LOGS, RESET, or a file that was full'
    case 'something else':
      return `by ${moved.event}; look: ${look}`
    case 'not read':
      return `by temporary tables, FLUSH LOGS or a write: which could not be read (${moved.because}); look: ${look}`
  }
}
