import { Failure } from './failure.ts'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

const written = /^(?<amount>\d+(?:\.\d+)?) ?(?<unit>ms|s|m|h)?$/

/**
 * `90s`, `500ms`, `2m`, `1h`, `1.5s`, or a bare number of seconds (as MySQL's own timeouts are), in milliseconds.
 * Throws `bad-setting` for anything else and for what is finer than a millisecond.
 */
export function parseDuration(text: string): number {
  const groups = written.exec(text.trim())?.groups
  const unit = (groups?.['unit'] ?? 's') as keyof typeof units
  const milliseconds = withoutRoundingNoise(Number(groups?.['amount']) * units[unit])
  if (Number.isSafeInteger(milliseconds)) return milliseconds
  throw new Failure('bad-setting', `'${text}' is not a duration (90s, 500ms, 2m, 1h)`)
}

/** Milliseconds as a person writes them: in the largest unit that divides them, else in seconds or milliseconds. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds > 0 && milliseconds % units.h === 0) return `${milliseconds / units.h}h`
  if (milliseconds > 0 && milliseconds % units.m === 0) return `${milliseconds / units.m}m`
  if (milliseconds > 0 && milliseconds < units.s) return `${milliseconds}ms`
  return `${milliseconds / units.s}s`
}

/** 1.1 * 1000 is 1100.0000000000001; nothing that was written has more than a few decimals. */
function withoutRoundingNoise(milliseconds: number): number {
  const whole = Math.round(milliseconds)
  return Math.abs(whole - milliseconds) < 1e-6 ? whole : milliseconds
}
