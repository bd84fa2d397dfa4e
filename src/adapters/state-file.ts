import { readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { Failure } from '../core/failure.ts'
import { errnoOf, systemMessage } from './errno.ts'

/** Its text; null where it is not there. Throws Failure `state-dir-unusable`, as all here. */
export function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw new Failure('state-dir-unusable', `${file} cannot be read: ${systemMessage(error)}`, {
      cause: error,
    })
  }
}

/** A reader sees the whole file or none: it is written beside its place, then renamed into it. */
export function writeWhole(file: string, text: string): void {
  const draft = draftOf(file)
  try {
    writeFileSync(draft, text, { mode: 0o600 })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw new Failure('state-dir-unusable', `${file} cannot be written: ${systemMessage(error)}`, {
      cause: error,
    })
  }
}

/** Left behind by a writer that was killed. */
export function draftOf(file: string): string {
  return `${file}.new`
}

/** True: it was there, and this call removed it. */
export function remove(file: string): boolean {
  try {
    unlinkSync(file)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw new Failure('state-dir-unusable', `${file} cannot be removed: ${systemMessage(error)}`, {
      cause: error,
    })
  }
}
