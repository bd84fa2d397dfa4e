import { fieldsOf } from './fields.ts'
import { isProcessIdentity, type ProcessIdentity } from './process.ts'

/** SQL threads that a locktables has stopped and not started again yet; what replica.json contains. */
export interface StoppedThreads {
  readonly run: string
  /** Who starts them again, as long as it lives. */
  readonly locker: ProcessIdentity
  readonly servers: readonly StoppedServer[]
}

/** Those of one server; they ran before. */
export interface StoppedServer {
  /** Its socket, or its host and port. */
  readonly where: string
  /** Names of channels; '' is the default one. */
  readonly channels: readonly string[]
}

export function formatStoppedThreads(stopped: StoppedThreads): string {
  return `${JSON.stringify(stopped, null, 2)}\n`
}

/** Null for a text that is no journal: emptied, cut off, or somebody else's. */
export function parseStoppedThreads(text: string): StoppedThreads | null {
  try {
    const value: unknown = JSON.parse(text)
    return isStoppedThreads(value) ? value : null
  } catch {
    return null
  }
}

function isStoppedThreads(value: unknown): value is StoppedThreads {
  const { run, locker, servers } = fieldsOf(value)
  return (
    typeof run === 'string' &&
    isProcessIdentity(locker) &&
    Array.isArray(servers) &&
    servers.every(isStoppedServer)
  )
}

function isStoppedServer(value: unknown): value is StoppedServer {
  const { where, channels } = fieldsOf(value)
  return (
    typeof where === 'string' &&
    Array.isArray(channels) &&
    channels.every((channel) => typeof channel === 'string')
  )
}
