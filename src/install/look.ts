import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errnoOf } from '../adapters/errno.ts'
import { sha256Of } from '../adapters/sha256.ts'
import type { Inside } from './inside.ts'
import type { Lookup, Thing } from './thing.ts'

/** Longer files are compared by their hash only. */
const longest = 256 * 1024

/** Looks at the file system. Changes nothing. */
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
    const seen = end === null ? undefined : statSync(end, { throwIfNoEntry: false })
    if (end === null || seen === undefined) return { kind: 'link', target, leadsTo: 'nothing', text: null }
    if (seen.isDirectory()) return { kind: 'link', target, leadsTo: 'directory', text: null }
    const leadsTo = seen.isFile() && seen.mode & 0o111 ? 'program' : 'file'
    return { kind: 'link', target, leadsTo, text: seen.isFile() ? textAt(end) : null }
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
    throw error
  }
}

/** Below what is no directory nothing is. */
function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

function fileAt(path: string, mode: number): Thing {
  return { kind: 'file', mode, sha256: sha256Of(readFileSync(path)), text: textAt(path) }
}

function textAt(path: string): string | null {
  if (statSync(path).size > longest) return null
  const bytes = readFileSync(path)
  return bytes.includes(0) ? null : bytes.toString('utf8')
}
