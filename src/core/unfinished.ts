type Line = Readonly<Record<string, unknown>>

/**
 * When a freeze was called of which these lines of the log, the oldest first, tell no end: neither that it failed, nor a thaw or
 * a verdict after it; null where there is none. So a state directory that was emptied while frozen is not taken for one that was
 * never used.
 */
export function unfinishedFreeze(lines: readonly Line[]): string | null {
  const since = lines.slice(lines.findLastIndex(isEnd) + 1)
  const call = since.find((line) => isCall(line) && !since.some((other) => isFailureOf(line, other)))
  return call ? String(call['time']) : null
}

function isEnd({ msg, verdict }: Line): boolean {
  return msg === 'post-thaw-script was called' || typeof verdict === 'string'
}

function isCall({ msg }: Line): boolean {
  return msg === 'pre-freeze-script was called'
}

/** pino's 50 is error. */
function isFailureOf({ pid }: Line, { script, level, pid: whose }: Line): boolean {
  return script === 'pre-freeze-script' && whose === pid && Number(level) >= 50
}
