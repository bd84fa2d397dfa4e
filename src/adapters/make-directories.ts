import { existsSync, mkdirSync, statSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Makes a directory with those above it that are missing, the outer ones first, and returns the first that it made. What the system
 * refuses is thrown: the recursive mkdir of Node.js goes round in circles where a directory is refused with ENOENT, as below /proc.
 */
export function makeDirectories(path: string, mode = 0o777): string | undefined {
  const directory = resolve(path)
  if (isDirectory(directory)) return undefined
  const parent = dirname(directory)
  const above = existsSync(parent) ? undefined : makeDirectories(parent, mode)
  try {
    mkdirSync(directory, { mode })
  } catch (error) {
    // Somebody else was quicker
    if (isDirectory(directory)) return above
    throw error
  }
  return above ?? directory
}

/** The same without waiting for a disk that may hang. */
export async function makeDirectoriesAside(wanted: string, mode: number): Promise<void> {
  const directory = resolve(wanted)
  const seen = async (path: string) => await stat(path).catch(() => null)
  if ((await seen(directory))?.isDirectory()) return
  const parent = dirname(directory)
  if ((await seen(parent)) === null) await makeDirectoriesAside(parent, mode)
  try {
    await mkdir(directory, { mode })
  } catch (error) {
    if (!(await seen(directory))?.isDirectory()) throw error
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
