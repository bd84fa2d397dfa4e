import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Coordinates } from '../../../src/core/coordinates.ts'

/** coordinates.json as a copy of the disk has it. */
export interface RecordedInCopy {
  readonly run: string
  readonly servers: readonly { readonly coordinates: Coordinates | null }[]
}

/** Undefined where the copy has none. */
export async function recordedIn(recordDir: string): Promise<RecordedInCopy | undefined> {
  const text = await readFile(join(recordDir, 'coordinates.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as RecordedInCopy)
}

/** How long a binary log of the copy is, before any server starts on it; undefined where it is not there. */
export async function lengthOfLog(folder: string, { file }: Coordinates): Promise<number | undefined> {
  return (await stat(join(folder, file)).catch(() => undefined))?.size
}
