import { lstatSync, type Stats } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../core/failure.ts'
import { errnoOf, systemMessage } from './errno.ts'
import { makeDirectories } from './make-directories.ts'

/**
 * The state directory, made when it is missing: a directory of ours, mode 0700, no link. Whoever may write
 * into it may let go of the lock, or say that it is held. Throws Failure `state-dir-unusable`.
 */
export function prepareStateDir(directory: string): void {
  if (checkStateDir(directory) === 'missing') make(directory)
  checkStateDir(directory)
}

/** The same check of a directory that may be missing, which it says; for the thaw, which makes nothing. */
export function checkStateDir(directory: string): 'there' | 'missing' {
  const seen = look(directory)
  if (seen === null) return 'missing'
  const wrong = whatIsWrong(seen, process.geteuid?.() ?? 0)
  if (wrong) throw new Failure('state-dir-unusable', `${directory} ${wrong}`)
  return 'there'
}

function look(directory: string): Stats | null {
  try {
    // A slash at the end would follow a link.
    return lstatSync(resolve(directory))
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return null
    throw new Failure('state-dir-unusable', `${directory} cannot be looked at: ${systemMessage(error)}`, {
      cause: error,
    })
  }
}

function make(directory: string): void {
  try {
    makeDirectories(directory, 0o700)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return
    throw new Failure('state-dir-unusable', `${directory} cannot be made: ${systemMessage(error)}`, {
      cause: error,
    })
  }
}

function whatIsWrong(seen: Stats, us: number): string | undefined {
  if (seen.isSymbolicLink()) return 'is a symbolic link'
  if (!seen.isDirectory()) return 'is not a directory'
  if (seen.uid !== us) return `belongs to user ${seen.uid}, not to us (user ${us})`
  if (seen.mode & 0o022)
    return `may be written by others: mode ${(seen.mode & 0o7777).toString(8).padStart(4, '0')}`
  return undefined
}
