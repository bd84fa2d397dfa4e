import { fieldsOf } from '../../core/fields.ts'
import type { Span } from './board.ts'

/** What the watcher is told, and what it answers: each is a line of JSON. First what it is to watch; */
export interface WatchOrder {
  /** A folder on each file system. */
  readonly folders: readonly string[]
  /** Milliseconds after which it ends by itself. */
  readonly within: number
}

/** to which it answers, once it watches, why each is not watched, or null; */
export type WatchBegun = readonly (string | null)[]

/** from this word on, which it does not answer, it is eager: before, it misses short freezes; */
export const eagerWord = 'eager'

/** and to this one it answers what it has seen of each. */
export const seenWord = 'seen'
export type WatchSeen = readonly (readonly Span[])[]

export function isWatchOrder(value: unknown): value is WatchOrder {
  const { folders, within } = fieldsOf(value)
  const areFolders = Array.isArray(folders) && folders.every((folder) => typeof folder === 'string')
  return areFolders && typeof within === 'number'
}

export function isWatchBegun(value: unknown): value is WatchBegun {
  return Array.isArray(value) && value.every((one) => one === null || typeof one === 'string')
}

export function isWatchSeen(value: unknown): value is WatchSeen {
  return Array.isArray(value) && value.every((one) => Array.isArray(one) && one.every(isSpan))
}

function isSpan(value: unknown): value is Span {
  const { from, until } = fieldsOf(value)
  return typeof from === 'number' && (until === null || typeof until === 'number')
}
