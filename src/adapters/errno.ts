import { getSystemErrorMap } from 'node:util'

/** The errno name of a system error, `ENOENT` for one; undefined for every other thing thrown. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** What a system call said, in the system's words: `no space left on device (ENOSPC)`. */
export function systemMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const errno = errnoOf(error)
  const words = /^[A-Z0-9_]+: ([^,]+),/.exec(error.message)?.[1]
  return errno && words ? `${words} (${errno})` : error.message
}

/** The same from what a program of the system says in English: `sh: 1: cannot create /x: Permission denied`. */
export function messageOfProgram(said: string): string {
  const words = (said.trim().split('\n').at(-1) ?? '').split(': ').at(-1) ?? ''
  const wanted = others[words] ?? words.toLowerCase()
  const found = [...getSystemErrorMap().values()].find(([, message]) => message === wanted)
  return found === undefined ? words : `${found[1]} (${found[0]})`
}

/** Where a program's words are not those of Node.js. */
const others: Readonly<Record<string, string>> = {
  'Directory nonexistent': 'no such file or directory',
  'Is a directory': 'illegal operation on a directory',
  'nonexistent directory': 'no such file or directory',
}
