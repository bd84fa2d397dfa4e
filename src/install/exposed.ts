import { lstatSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Access } from '../core/exposure.ts'

/**
 * Who but root and us could change what lies at this path: a sentence about the file or the first folder above it that
 * others own or may write to; null when there is none.
 */
export function exposedAt(path: string, us: Pick<Access, 'uid' | 'gid'>): string | null {
  const real = realpathSync(path)
  for (const each of [...above(real), real]) {
    const wrong = whatIsWrong(lstatSync(each), us)
    if (wrong) return `${each} ${wrong}`
  }
  return null
}

/** What lets others change a file or a folder, or what lies in it. A sticky folder lets them add, and no more. */
export function whatIsWrong({ mode, uid, gid }: Access, us: Pick<Access, 'uid' | 'gid'>): string | null {
  const seen = `mode ${(mode & 0o7777).toString(8).padStart(4, '0')}, owner ${uid}:${gid}`
  if (uid !== 0 && uid !== us.uid) return `belongs to neither root nor us (${seen})`
  if (mode & 0o1000) return null
  if (mode & 0o002) return `can be written by everybody (${seen})`
  if (mode & 0o020 && gid !== 0 && gid !== us.gid) return `can be written by its group (${seen})`
  return null
}

function above(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [] : [...above(parent), parent]
}
