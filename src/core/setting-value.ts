import { formatDuration, parseDuration } from './duration.ts'
import { Failure } from './failure.ts'
import type { Setting } from './settings.ts'

/**
 * The text of one value, as its row of the table wants it: a number (milliseconds, port, percent), true or false, or text.
 * `null` is a name that stands alone. The `bad-setting` it throws names neither the setting nor the place.
 */
export function readValue(row: Setting, text: string | null): string | number | boolean {
  if (row.kind === 'flag') return readFlag(text)
  if (text === null) throw bad('has no value')
  if (text.includes('\uFFFD')) throw bad('has a character that is not UTF-8')
  if (row.kind === 'secret') return text
  if (text === '') throw bad('is empty')
  if (row.kind === 'port') return readPort(text)
  if (row.kind === 'percent') return readPercent(text)
  if (row.kind === 'choice') return readChoice(row.choices, text)
  return row.kind === 'duration' ? readDuration(row, text) : text
}

/** The words that the servers' clients know (`get_bool_argument` of my_getopt); any other they take for "off". */
function readFlag(text: string | null): boolean {
  if (text === null || /^(1|on|true)$/i.test(text)) return true
  if (/^(0|off|false)$/i.test(text)) return false
  throw bad(`is '${text}', not one of 1, on, true, 0, off, false`)
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (port >= 1 && port <= 65_535) return port
  throw bad(`is '${text}', not a port from 1 to 65535`)
}

function readPercent(text: string): number {
  const percent = Number(/^(\d+) ?%?$/.exec(text)?.[1])
  if (percent >= 1 && percent <= 100) return percent
  throw bad(`is '${text}', not a percentage from 1% to 100%`)
}

function readChoice(choices: readonly string[], text: string): string {
  const choice = choices.find((known) => known.toLowerCase() === text.toLowerCase())
  if (choice !== undefined) return choice
  throw bad(`is '${text}', not ${choices.length > 1 ? 'one of ' : ''}${choices.join(', ')}`)
}

function readDuration(row: Extract<Setting, { kind: 'duration' }>, text: string): number {
  const duration = parseDuration(text)
  if (duration < parseDuration(row.min) || duration > parseDuration(row.max)) {
    throw bad(`is ${formatDuration(duration)}, out of the range from ${row.min} to ${row.max}`)
  }
  if (row.step !== undefined && duration % parseDuration(row.step) !== 0) {
    throw bad(`is ${formatDuration(duration)}, not a multiple of ${row.step}`)
  }
  return duration
}

function bad(what: string): Failure {
  return new Failure('bad-setting', what)
}
