import { fieldsOf } from './fields.ts'
import { type Invoker, isInvoker } from './invoker.ts'
import { isProcessIdentity, type ProcessIdentity } from './process.ts'

/** What pre-freeze-script writes into both lock files: which run asks, who asked, and who called it. */
export interface Ticket {
  readonly run: string
  readonly asker: ProcessIdentity
  /** Absent where it is not known: in a ticket of an earlier version. */
  readonly invoker?: Invoker
}

export function formatTicket(ticket: Ticket): string {
  return `${JSON.stringify(ticket)}\n`
}

/** Null for every other text: an operator's `touch` makes a lock file too, one that belongs to no run. */
export function parseTicket(text: string): Ticket | null {
  try {
    const value: unknown = JSON.parse(text)
    return isTicket(value) ? value : null
  } catch {
    return null
  }
}

function isTicket(value: unknown): value is Ticket {
  const { run, asker, invoker } = fieldsOf(value)
  return typeof run === 'string' && isProcessIdentity(asker) && (invoker === undefined || isInvoker(invoker))
}

/** A run's id: when it began (UTC, to the second) and four hex digits. */
export function runId(now: Date, random: number): string {
  const when = now.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${when}-${Math.floor(random * 0x10000)
    .toString(16)
    .padStart(4, '0')}`
}
