import { fieldsOf } from './fields.ts'
import { isProcessIdentity, type ProcessIdentity } from './process.ts'

/** What pre-freeze-script writes into both lock files: which run asks, and who asked. */
export interface Ticket {
  readonly run: string
  readonly asker: ProcessIdentity
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
  const { run, asker } = fieldsOf(value)
  return typeof run === 'string' && isProcessIdentity(asker)
}

/** A run's id: when it began (UTC, to the second) and four hex digits. */
export function runId(now: Date, random: number): string {
  const when = now.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${when}-${Math.floor(random * 0x10000)
    .toString(16)
    .padStart(4, '0')}`
}
