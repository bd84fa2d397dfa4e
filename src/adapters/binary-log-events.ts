import { type BinaryLogEvent, mostEvents } from '../core/binary-log-events.ts'
import type { Coordinates } from '../core/coordinates.ts'
import { dialectOf } from '../core/dialect.ts'
import { quoteAccount } from '../core/server-error.ts'
import type { Server } from '../core/server.ts'
import type { Link } from './mysql.ts'

/** The events from these coordinates on, up to that position of the same file. */
export async function binaryLogEvents(
  link: Link,
  { server, from, to }: { readonly server: Server; readonly from: Coordinates; readonly to: number },
): Promise<readonly BinaryLogEvent[]> {
  const needs = { privilege: dialectOf(server).mayReadEvents, account: quoteAccount(server.account) }
  const file = from.file.replaceAll("'", "''")
  const rows = await link.ask(
    `SHOW BINLOG EVENTS IN '${file}' FROM ${from.position} LIMIT ${mostEvents}`,
    needs,
  )
  return rows
    .filter((row) => Number(row['Pos']) < to)
    .map((row) => ({
      type: String(row['Event_type']),
      info: String(row['Info'] ?? ''),
      begin: Number(row['Pos']),
      end: Number(row['End_log_pos']),
    }))
}
