import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { fieldsOf } from '../core/fields.ts'

/** As far back as is looked, in bytes: some thousand runs. */
const farBack = 4 * 1024 * 1024

/** The last lines of a log as objects, the oldest first; what is no JSON line is left out. Throws what opening throws. */
export function endOfLog(file: string): Readonly<Record<string, unknown>>[] {
  const descriptor = openSync(file, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const begin = Math.max(0, size - farBack)
    const bytes = Buffer.alloc(size - begin)
    const read = readSync(descriptor, bytes, 0, bytes.length, begin)
    return bytes.subarray(0, read).toString('utf8').split('\n').flatMap(parsed)
  } finally {
    closeSync(descriptor)
  }
}

function parsed(line: string): Readonly<Record<string, unknown>>[] {
  try {
    return line.startsWith('{') ? [fieldsOf(JSON.parse(line))] : []
  } catch {
    return []
  }
}
