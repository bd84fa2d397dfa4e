import { readFileSync } from 'node:fs'

/** Its text; '' where it is not there or cannot be read. */
export function textAt(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
