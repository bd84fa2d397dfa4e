import type { Row } from './mysql.ts'

export function statusRows(...names: readonly string[]): string {
  return `SHOW GLOBAL STATUS WHERE Variable_name IN (${quoted(names)})`
}

export function variableRows(...names: readonly string[]): string {
  return `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${quoted(names)})`
}

/** Words of ours, for IN (...). */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}

/** The rows of SHOW STATUS and SHOW VARIABLES by name. */
export function pairs(rows: readonly Row[]): Map<string, string> {
  return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]))
}
