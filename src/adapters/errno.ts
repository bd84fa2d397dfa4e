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
