import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'
import { errnoOf } from './errno.ts'
import { keptIn } from './kept-lines.ts'
import { fieldsOf } from '../core/fields.ts'

/** As far back as is looked, in bytes: some thousand runs. */
const farBack = 4 * 1024 * 1024

export type LogLine = Readonly<Record<string, unknown>>

/**
 * The last lines of a log, and those that are kept in the state directory until they are in it, as objects, the oldest first; what is no
 * JSON line is left out. A log that is not there has none. Throws what opening throws else.
 */
export function linesOf({ log, stateDir }: { readonly log: string; readonly stateDir: string }): LogLine[] {
  const lines = [log, ...keptFiles(stateDir)].flatMap((file) => ifThere(() => endOfLog(file)) ?? [])
  return lines.toSorted((one, other) => timeOf(one).localeCompare(timeOf(other)))
}

/** With those that somebody is moving. */
function keptFiles(stateDir: string): readonly string[] {
  const names = Object.values(keptIn(stateDir)).map((file) => basename(file))
  const files = existsSync(stateDir) ? readdirSync(stateDir) : []
  return files
    .filter((file) => names.some((name) => file.startsWith(name)))
    .map((file) => join(stateDir, file))
}

function ifThere<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

function timeOf({ time }: LogLine): string {
  return typeof time === 'string' ? time : ''
}

function endOfLog(file: string): LogLine[] {
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

/** Of two that share a line, because the disk was full in the middle of the first, the second is whole. */
function parsed(line: string): LogLine[] {
  const whole = asJson(line) ?? asJson(line.slice(line.lastIndexOf('{"level":')))
  return whole === null ? [] : [whole]
}

function asJson(text: string): LogLine | null {
  try {
    return text.startsWith('{') ? fieldsOf(JSON.parse(text)) : null
  } catch {
    return null
  }
}
