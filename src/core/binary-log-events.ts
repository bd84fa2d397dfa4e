import type { Coordinates } from './coordinates.ts'

/** One row of SHOW BINLOG EVENTS. */
export interface BinaryLogEvent {
  /** `Query`, `Gtid`, `Xid`, `Write_rows`: its Event_type. */
  readonly type: string
  /** Its Info: of a Query the statement. */
  readonly info: string
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
 * What these events between freeze and thaw amount to. What is not known for certain is something else. Seen on MySQL 5.6 (every
 * format), 5.7 (ROW, and MIXED and STATEMENT at the end of a session) and 9.7 (STATEMENT):
 * `DROP TEMPORARY TABLE IF EXISTS ...`, and at the end of a session DROP with TEMPORARY in a versioned comment.
 */
export function movedBy(events: readonly BinaryLogEvent[]): Moved {
  const foreign = events.find((event) => !isFrame(event) && !isTemporary(event))
  if (foreign !== undefined) return { by: 'something else', event: describeEvent(foreign) }
  if (events.length >= mostEvents) return { by: 'something else', event: `more than ${mostEvents} events` }
  const statements = events.filter(isTemporary).length
  if (statements === 0) return { by: 'something else', event: 'no statement' }
  return { by: 'temporary tables', statements }
}

/** What stands around a statement. An Xid is the commit of an engine, and no frame. */
function isFrame({ type, info }: BinaryLogEvent): boolean {
  if (type === 'Gtid' || type === 'Anonymous_Gtid') return true
  return type === 'Query' && (info === 'BEGIN' || info === 'COMMIT')
}

const temporary = /^(use `(?:[^`]|``)*`; )?(CREATE|DROP)\s+(TEMPORARY|\/\*!\d+ TEMPORARY \*\/)\s+TABLE\s/i

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
      return `by ${moved.statements} statements about temporary tables alone, which no lock keeps from the binary log and no copy has`
    case 'rotation':
      return 'by a new file: FLUSH LOGS, or a file that was full'
    case 'something else':
      return `by ${moved.event}; look: ${look}`
    case 'not read':
      return `by temporary tables, FLUSH LOGS or a write: which could not be read (${moved.because}); look: ${look}`
  }
}
