import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tool } from '../../servers/tool.ts'

/** Pages that another process has written and that are not on disk. */
export interface Dirt {
  /** Writes them, after those of before are gone. */
  make(): Promise<void>
  /** How many bytes were dirty on this machine each time they had been made. */
  readonly seen: readonly number[]
}

export interface DirtRequest {
  /** A folder on the file system. */
  readonly folder: string
  readonly megabytes: number
}

export function dirtIn({ folder, megabytes }: DirtRequest): Dirt {
  const file = join(folder, 'dirt')
  const seen: number[] = []
  return {
    seen,
    async make() {
      await rm(file, { force: true })
      await tool('sync', ['-f', folder])
      await tool('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M', `count=${megabytes}`, 'status=none'])
      seen.push(dirtyIn(await readFile('/proc/meminfo', 'utf8')))
    },
  }
}

/** `Dirty` of the text of /proc/meminfo (proc(5)), in bytes. */
export function dirtyIn(meminfo: string): number {
  const [, kibibytes] = /^Dirty:\s+(\d+) kB$/m.exec(meminfo) ?? []
  if (kibibytes === undefined) throw new Error('/proc/meminfo does not tell what is dirty')
  return Number(kibibytes) * 1024
}
