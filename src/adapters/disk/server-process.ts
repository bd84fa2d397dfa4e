import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Transport } from '../../core/connection.ts'

/**
 * The process that listens where we are connected; null where it is on another machine, in another network namespace, or not
 * for us to see. A socket may be bound under another name than we reach it by, so both names count.
 */
export function processListeningAt(transport: Transport, bound: string | null): number | null {
  const links = new Set(inodesAt(transport, bound).map((inode) => `socket:[${inode}]`))
  if (links.size === 0) return null
  return likelyFirst().find((pid) => hasOpen(pid, (link) => links.has(link))) ?? null
}

/** The processes called like a server. */
export function serverProcesses(): readonly number[] {
  return allProcesses().filter((pid) => /mysqld|mariadbd/.test(textOf(`/proc/${pid}/comm`)))
}

/** Does that process have a file open whose path, as it sees it, begins so? False where we may not look. */
export function hasFileOpenIn(pid: number, folder: string): boolean {
  return hasOpen(pid, (link) => link.startsWith(`${folder}/`))
}

function inodesAt(transport: Transport, bound: string | null): readonly string[] {
  if (transport.kind === 'socket') return unixSockets(textOf('/proc/net/unix'), [transport.path, bound])
  if (!isThisMachine(transport.host)) return []
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningSockets(textOf(file), transport.port))
}

/** proc_net_unix(5): the inode is the seventh field, the path the eighth; the flag 00010000 is of a socket that listens. */
function unixSockets(text: string, paths: readonly (string | null)[]): readonly string[] {
  return fieldsOfLines(text).flatMap(([, , , flags, , , inode, path]) =>
    flags === '00010000' && inode && path && paths.includes(path) ? [inode] : [],
  )
}

/** proc_net_tcp(5): the local address is the second field, the state the fourth (0A: listening), the inode the tenth. */
function listeningSockets(text: string, port: number): readonly string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return fieldsOfLines(text).flatMap(([, address, , state, , , , , , inode]) =>
    state === '0A' && inode && address?.endsWith(end) ? [inode] : [],
  )
}

function fieldsOfLines(text: string): readonly (readonly string[])[] {
  return text.split('\n').map((line) => line.trim().split(/\s+/))
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function likelyFirst(): readonly number[] {
  const servers = serverProcesses()
  return [...servers, ...allProcesses().filter((pid) => !servers.includes(pid))]
}

function allProcesses(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function hasOpen(pid: number, isIt: (link: string) => boolean): boolean {
  const folder = `/proc/${pid}/fd`
  return (attempt(() => readdirSync(folder)) ?? []).some((one) =>
    isIt(attempt(() => readlinkSync(`${folder}/${one}`)) ?? ''),
  )
}

function textOf(file: string): string {
  return attempt(() => readFileSync(file, 'utf8')) ?? ''
}

/** A process may end while it is looked at, and not every one is for us to see. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
