import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Disk } from '../support/photograph/disk.ts'
import { stateOf } from '../support/processes.ts'
import { until } from '../support/until.ts'
import type { Server } from '../servers/start.ts'
import { tool } from '../servers/tool.ts'
import type { Place } from './place.ts'

export interface SnapshotRequest {
  readonly server: Server
  readonly disk: string
  /** The folder to make. */
  readonly copy: string
}

/**
 * Copies the disk while the server's process stands still, so that the copy is of one moment, as a hypervisor's
 * snapshot is. Copied while the process runs, InnoDB's files would be of several moments, lock or no lock: its
 * background threads write on under FLUSH TABLES WITH READ LOCK. Gives how much it is, in megabytes.
 */
export async function takeSnapshot({ server, disk, copy }: SnapshotRequest): Promise<number> {
  server.kill('SIGSTOP')
  try {
    await until('every thread of the server stands still', () => standsStill(server.pid))
    await tool('cp', ['-a', disk, copy])
    return await megabytes(copy)
  } finally {
    server.kill('SIGCONT')
  }
}

/** A copy of a disk as it was taken: `said` is for the timeline. */
export interface Snapshot {
  readonly said: string
  /** Puts its files into the folder of the copy. */
  restore(): Promise<void>
}

/** A photograph of the disk where it has a file system of its own; else a copy of its files. */
export async function snapshotOf(
  { disk, mounted }: Pick<Place, 'disk' | 'mounted'>,
  { server, copy }: Pick<SnapshotRequest, 'server' | 'copy'>,
): Promise<Snapshot> {
  if (mounted) return { said: 'the disk, block by block', restore: await photograph(mounted, copy) }
  const copied = await takeSnapshot({ server, disk, copy })
  return { said: `${copied} MB copied`, restore: async () => {} }
}

async function photograph(disk: Disk, copy: string): Promise<() => Promise<void>> {
  const image = await disk.copy(basename(copy))
  return async () => {
    await using restored = await image.mount()
    await tool('cp', ['-a', restored.place, copy])
  }
}

async function megabytes(folder: string): Promise<number> {
  return Number.parseInt(await tool('du', ['-sm', folder]), 10)
}

/** Where the last binary log of a data directory ends. */
export async function binaryLogEnd(
  dataDir: string,
): Promise<{ readonly file: string; readonly position: number }> {
  const index = await readFile(join(dataDir, 'binlog.index'), 'utf8')
  const file = basename(index.trimEnd().split('\n').at(-1) ?? '')
  return { file, position: (await stat(join(dataDir, file))).size }
}

/** A thread inside a system call stops when the call is over: until then it is seen running, or waiting for the disk. */
async function standsStill(pid: number): Promise<true | null> {
  const threads = await readdir(`/proc/${pid}/task`)
  const states = await Promise.all(threads.map((thread) => stateOf(Number(thread))))
  return states.every((state) => state === 'T') || null
}
