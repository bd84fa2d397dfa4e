import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemMessage } from './errno.ts'

/** A place to write to, looked at and not written to. */
export interface WritingPlace {
  readonly path: string
  /** A sentence; null: it can be written. */
  readonly refused: string | null
  /** Whether it is on tmpfs or ramfs: never frozen, and empty after a restart. */
  readonly memory: boolean
  /** Bytes that a process of ours may still write. */
  readonly free: number
}

/** A file or folder; where it is missing, the nearest folder above it stands for it. */
export function writingPlace(path: string): WritingPlace {
  const there = nearest(path)
  try {
    const { type, bavail, bsize } = statfsSync(there)
    return { path, refused: refusal(there), memory: inMemory.has(type), free: bavail * bsize }
  } catch (error) {
    return { path, refused: `${there}: ${systemMessage(error)}`, memory: false, free: 0 }
  }
}

/** statfs(2): TMPFS_MAGIC and RAMFS_MAGIC. */
const inMemory = new Set([0x01021994, 0x858458f6])

function nearest(path: string): string {
  return existsSync(path) || path === '/' ? path : nearest(dirname(path))
}

/** Root is refused too where the file system is read-only or the file immutable. */
function refusal(path: string): string | null {
  try {
    accessSync(path, constants.W_OK)
    return null
  } catch (error) {
    return `${path}: ${systemMessage(error)}`
  }
}
