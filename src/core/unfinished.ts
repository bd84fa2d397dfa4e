type Line = Readonly<Record<string, unknown>>

/**
 * When a freeze was called of which these lines of the log, the oldest first, tell no end: neither that it failed, nor a thaw or
 * a verdict after it; null where there is none. So a state directory that was emptied while frozen is not taken for one that was
 * never used.
 */
export function unfinishedFreeze(lines: readonly Line[]): string | null {
  const since = lines.slice(lines.findLastIndex(isThaw) + 1)
  const call = since.find(
    (line, index) => isCall(line) && !since.slice(index).some((other) => isEndOf(line, other)),
  )
  return call ? String(call['time']) : null
}

function isThaw({ msg }: Line): boolean {
  return msg === 'post-thaw-script was called'
}

/** A verdict on another run, which this freeze has found left, is not its end. */
function isEndOf(call: Line, line: Line): boolean {
  const { verdict, run } = line
  return isFailureOf(call, line) || (typeof verdict === 'string' && (call['run'] ?? run) === run)
}

function isCall({ msg }: Line): boolean {
  return msg === 'pre-freeze-script was called'
}

/** pino's 50 is error. */
function isFailureOf({ pid }: Line, { script, level, pid: whose }: Line): boolean {
  return script === 'pre-freeze-script' && whose === pid && Number(level) >= 50
}
