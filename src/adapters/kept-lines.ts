import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { append } from './append.ts'
import { errnoOf } from './errno.ts'

/** The files of the state directory in which lines wait for the log, which may be on a disk that is frozen. */
export interface KeptLines {
  /** Of a locktables, and what Node.js says there when it dies; it keeps the file open. */
  readonly locker: string
  /** Of the scripts; and those of a locktables that is done, or gone. */
  readonly all: string
}

export function keptIn(stateDir: string): KeptLines {
  return { locker: join(stateDir, 'locktables.log'), all: join(stateDir, 'kept.log') }
}

/** Puts the lines of a locktables to the others, once: whoever renames them first has them. */
export function collectLog({ locker, all }: KeptLines): void {
  for (const file of [...leftBehind(locker), locker]) collect(file, { mine: `${locker}.${process.pid}`, all })
}

/** What somebody had taken who was killed before it was done. */
function leftBehind(file: string): readonly string[] {
  const taken = `${basename(file)}.`
  const files = existsSync(dirname(file)) ? readdirSync(dirname(file)) : []
  return files
    .filter((name) => name.startsWith(taken) && !existsSync(`/proc/${name.slice(taken.length)}`))
    .map((name) => join(dirname(file), name))
}

function collect(file: string, { mine, all }: { readonly mine: string; readonly all: string }): void {
  try {
    renameSync(file, mine)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  const lines = asJsonLines(readFileSync(mine, 'utf8'))
  if (lines === '' || append(all, lines)) rmSync(mine)
  else renameSync(mine, file)
}

/** What Node itself says when it dies is no JSON line, nor is one that was cut off; it becomes one. */
export function asJsonLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${isJson(line) ? line : lineOf(line)}\n`)
    .join('')
}

function isJson(line: string): boolean {
  try {
    return line.startsWith('{') && JSON.parse(line) !== null
  } catch {
    return false
  }
}

function lineOf(said: string): string {
  return JSON.stringify({ level: 50, time: new Date().toISOString(), script: 'locktables', msg: said })
}
