import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Every file below the folder, by its path there, in order. */
export function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory())
  return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name))).toSorted()
}
