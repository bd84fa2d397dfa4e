import { appendFileSync } from 'node:fs'

/** Puts lines at the end of a file, which is made if it is not there, for its owner alone. Whether they were written. */
export function append(file: string, lines: string): boolean {
  try {
    appendFileSync(file, lines, { mode: 0o600 })
    return true
  } catch {
    return false
  }
}
