import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { destination, pino, stdSerializers, stdTimeFunctions } from 'pino'
import { asFailure } from '../core/failure.ts'
import type { Log } from '../core/world.ts'
import { errnoOf, systemMessage } from './errno.ts'

export interface OpenLog {
  readonly log: Log
  /** Why the log file cannot be written, for the one line; undefined where it can. */
  readonly problem: string | undefined
}

/**
 * JSON lines, each written before its call returns: the machine may be frozen right after it. The first one says
 * that the script was called, and shows whether the file can be written: where it cannot they go into `instead`,
 * from where the next run that can collects them.
 */
export function openLog(
  script: string,
  { file, instead }: { readonly file: string; readonly instead: string },
): OpenLog {
  try {
    return { log: writableLog(script, file), problem: undefined }
  } catch (error) {
    return {
      log: logInto(script, instead),
      problem: `the log ${file} is not writable: ${systemMessage(error)}`,
    }
  }
}

/** Throws what opening the file throws, or the first write: the disk may be full. */
function writableLog(script: string, file: string): Log {
  let refused: Error | undefined
  const log = logInto(script, file, (error) => {
    refused ??= error
  })
  log.info({ argv: process.argv.slice(2) }, `${script} was called`)
  if (refused) throw refused
  return log
}

/** Throws what opening the file throws; a write that fails later is lost, and stops nobody. */
export function logInto(script: string, file: string, onLost: (error: Error) => void = () => {}): Log {
  const stream = destination({ dest: file, sync: true, mode: 0o600 })
  stream.on('error', onLost)
  return pino(
    {
      base: { script, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: stdSerializers.err },
    },
    stream,
  )
}

/** Logs why the work failed, and fails as it did. `failed` is what comes before the message: `not frozen`. */
export async function loggingFailure<T>(log: Log, failed: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const { code, message } = asFailure(error)
    log.error({ code, err: error }, `${failed}: ${message}`)
    throw error
  }
}

/**
 * Moves the lines that were kept on tmpfs into the log file, once: whoever renames them first has them.
 * Where the log file cannot be written they stay where they are.
 */
export function collectLog({ from, to }: { readonly from: string; readonly to: string }): void {
  for (const file of [...leftBehind(from), from]) move(file, { mine: `${from}.${process.pid}`, to })
}

/** What somebody had taken who was killed before it was in the log. */
function leftBehind(from: string): readonly string[] {
  const taken = `${basename(from)}.`
  const files = existsSync(dirname(from)) ? readdirSync(dirname(from)) : []
  return files
    .filter((file) => file.startsWith(taken) && !existsSync(`/proc/${file.slice(taken.length)}`))
    .map((file) => join(dirname(from), file))
}

function move(from: string, { mine, to }: { readonly mine: string; readonly to: string }): void {
  try {
    renameSync(from, mine)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  try {
    appendFileSync(to, asJsonLines(readFileSync(mine, 'utf8')), { mode: 0o600 })
    rmSync(mine)
  } catch {
    renameSync(mine, from)
  }
}

/** What Node itself says when it dies is no JSON line; it becomes one. */
function asJsonLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${line.startsWith('{') ? line : lineOf(line)}\n`)
    .join('')
}

function lineOf(said: string): string {
  return JSON.stringify({ level: 50, time: new Date().toISOString(), script: 'locktables', msg: said })
}
