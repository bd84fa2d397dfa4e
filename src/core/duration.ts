import { Failure } from './failure.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const units = new Map([
  ['ms', 1],
  ['s', second],
  ['m', minute],
  ['h', hour],
])

const written = /^(?<amount>\d+(?:\.\d+)?) ?(?<unit>ms|s|m|h)?$/

/**
 * `90s`, `500ms`, `2m`, `1h`, `1.5s`, or a bare number of seconds (as MySQL's own timeouts are), in milliseconds.
 * Throws `bad-setting` for anything else and for what is finer than a millisecond.
 */
export function parseDuration(text: string): number {
  const { amount, unit = 's' } = written.exec(text.trim())?.groups ?? {}
  const milliseconds = withoutRoundingNoise(Number(amount) * (units.get(unit) ?? Number.NaN))
  if (Number.isSafeInteger(milliseconds)) return milliseconds
  throw new Failure('bad-setting', `'${text}' is not a duration (90s, 500ms, 2m, 1h)`)
}

/** Milliseconds as a person writes them: whole hours or minutes, else seconds, and milliseconds below one. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds > 0 && milliseconds % hour === 0) return `${milliseconds / hour}h`
  if (milliseconds > 0 && milliseconds % minute === 0) return `${milliseconds / minute}m`
  if (milliseconds > 0 && milliseconds < second) return `${milliseconds}ms`
  return `${milliseconds / second}s`
}

/** 1.005 * 1000 is 1004.9999999999999; a number that a person writes is off by no more than that. */
function withoutRoundingNoise(milliseconds: number): number {
  const whole = Math.round(milliseconds)
  return Math.abs(whole - milliseconds) < 1e-6 ? whole : milliseconds
}

/** A time that was measured, for the one line: `1.3 s`. */
export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** A short time that was measured: `3.1 ms`, `551 ms`, `2.5 s`. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds >= 1000) return formatSeconds(milliseconds)
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`
}
