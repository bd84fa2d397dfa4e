import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errnoOf, systemMessage } from '../adapters/errno.ts'
import { sha256Of } from '../adapters/sha256.ts'
import { Failure } from '../core/failure.ts'
import type { Inside } from './inside.ts'
import type { Lookup, Thing } from './thing.ts'

/** Longer files are compared by their hash only. */
const longest = 256 * 1024

/** Looks at the file system. Changes nothing. Throws `not-root` where an ordinary user may not look. */
export function lookAt(at: Inside): Lookup {
  return (path) => {
    const real = at(path)
    const seen = statusOf(real)
    if (seen === undefined) return { kind: 'absent' }
    if (seen.isDirectory()) return { kind: 'directory', mode: seen.mode & 0o7777 }
    if (seen.isFile()) return fileAt(real, seen.mode & 0o7777)
    return seen.isSymbolicLink() ? linkAt(path) : { kind: 'special' }
  }

  function linkAt(path: string): Thing {
    const target = readlinkSync(at(path))
    const end = endOf(path)
    const seen = end === null ? undefined : statusOf(end, statSync)
    if (end === null || seen === undefined) return { kind: 'link', target, leadsTo: 'nothing', text: null }
    if (seen.isDirectory()) return { kind: 'link', target, leadsTo: 'directory', text: null }
    const leadsTo = seen.isFile() && seen.mode & 0o111 ? 'program' : 'file'
    return { kind: 'link', target, leadsTo, text: seen.isFile() ? textOf(bytesAt(end)) : null }
  }

  /** As the parent of something a path is followed to its end, and within the target system. */
  function endOf(path: string): string | null {
    try {
      return dirname(at(join(path, '_')))
    } catch {
      return null
    }
  }
}

/** The names in a folder, of which the path may be a link; none where there is no folder. */
export function namesIn(path: string, at: Inside): string[] {
  try {
    return readdirSync(dirname(at(join(path, '_')))).toSorted()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return []
    throw unlessClosed(path, error)
  }
}

/** Below what is no directory nothing is. */
function statusOf(path: string, status: typeof lstatSync = lstatSync): Stats | undefined {
  try {
    return status(path, { throwIfNoEntry: false })
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') return undefined
    throw unlessClosed(path, error)
  }
}

/** An ordinary user may not look everywhere. */
function unlessClosed(path: string, error: unknown): unknown {
  if (errnoOf(error) !== 'EACCES') return error
  return new Failure('not-root', `${path} cannot be looked at: ${systemMessage(error)}`, { cause: error })
}

function fileAt(path: string, mode: number): Thing {
  const bytes = bytesAt(path)
  return { kind: 'file', mode, sha256: bytes === null ? '' : sha256Of(bytes), text: textOf(bytes) }
}

function textOf(bytes: Buffer | null): string | null {
  return bytes === null || bytes.length > longest || bytes.includes(0) ? null : bytes.toString('utf8')
}

/** Null where an ordinary user may not read it. */
function bytesAt(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return null
    throw error
  }
}
