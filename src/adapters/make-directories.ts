import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a directory with those above it that are missing, the outer ones first, and returns the first that it made. What the system
 * refuses is thrown: the recursive mkdir of Node.js goes round in circles where a directory is refused with ENOENT, as below /proc.
 */
export function makeDirectories(path: string, mode = 0o777): string | undefined {
  const directory = resolve(path)
  if (isDirectory(directory)) return undefined
  const above = directory === '/' ? undefined : makeDirectories(dirname(directory), mode)
  try {
    mkdirSync(directory, { mode })
  } catch (error) {
    // Somebody else was quicker
    if (isDirectory(directory)) return above
    throw error
  }
  return above ?? directory
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
