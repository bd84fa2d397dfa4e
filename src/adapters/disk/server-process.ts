import { readdir, readFile, readlink } from 'node:fs/promises'
import type { Transport } from '../../core/connection.ts'

/**
 * The process that listens where we are connected; null where it is on another machine, in another network namespace, or not
 * for us to see. A socket may be bound under another name than we reach it by, so both names count.
 */
export async function processListeningAt(transport: Transport, bound: string | null): Promise<number | null> {
  const inodes =
    transport.kind === 'socket'
      ? unixSockets(await textOf('/proc/net/unix'), [transport.path, bound])
      : [
          ...listeningSockets(await textOf('/proc/net/tcp'), transport.port),
          ...listeningSockets(await textOf('/proc/net/tcp6'), transport.port),
        ]
  if (inodes.length === 0 || (transport.kind === 'tcp' && !isThisMachine(transport.host))) return null
  const links = new Set(inodes.map((inode) => `socket:[${inode}]`))
  for (const pid of await likelyFirst()) if (await hasOpen(pid, (link) => links.has(link))) return pid
  return null
}

/** The processes called like a server. */
export async function serverProcesses(): Promise<readonly number[]> {
  const named = await Promise.all(
    (await allProcesses()).map(async (pid) => [pid, await isServer(pid)] as const),
  )
  return named.filter(([, is]) => is).map(([pid]) => pid)
}

/** Does that process have a file open whose path, as it sees it, begins so? False where we may not look. */
export async function hasFileOpenIn(pid: number, folder: string): Promise<boolean> {
  return await hasOpen(pid, (link) => link.startsWith(`${folder}/`))
}

/** proc_net_unix: the inode is the seventh field, the path the eighth; `00010000` is a socket that listens. */
function unixSockets(text: string, paths: readonly (string | null)[]): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/))
  return lines.flatMap(([, , , flags, , , inode, path]) =>
    flags === '00010000' && inode && path && paths.includes(path) ? [inode] : [],
  )
}

/** proc_net_tcp: the local address is the second field, the state the fourth (0A: listening), the inode the tenth. */
function listeningSockets(text: string, port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/))
  return lines.flatMap(([, address, , state, , , , , , inode]) =>
    state === '0A' && inode && address?.endsWith(`:${hex}`) ? [inode] : [],
  )
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

async function likelyFirst(): Promise<readonly number[]> {
  const [all, servers] = await Promise.all([allProcesses(), serverProcesses()])
  return [...servers, ...all.filter((pid) => !servers.includes(pid))]
}

async function isServer(pid: number): Promise<boolean> {
  return /mysqld|mariadbd/.test(await textOf(`/proc/${pid}/comm`))
}

async function allProcesses(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
}

async function hasOpen(pid: number, isIt: (link: string) => boolean): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const one of descriptors) {
    const link = await readlink(`/proc/${pid}/fd/${one}`).catch(() => '')
    if (isIt(link)) return true
  }
  return false
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '')
}
