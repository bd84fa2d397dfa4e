import { type DestinationStream, pino, stdSerializers, stdTimeFunctions } from 'pino'
import { asFailure } from '../core/failure.ts'
import type { Log } from '../core/world.ts'
import { append } from './append.ts'

/** JSON lines of one script, each written before its call returns: the machine may be frozen right after it. */
export function logInto(script: string, lines: DestinationStream): Log {
  return pino(
    {
      base: { script, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: stdSerializers.err },
    },
    lines,
  )
}

/**
 * A file in the state directory that is opened for each line: whoever moves it away has whole lines, and the next one begins it anew.
 * A line that cannot be written is lost, and stops nobody.
 */
export function linesIn(file: string): DestinationStream {
  return { write: (line) => void append(file, line) }
}

/** Logs why the work failed, also where it throws at once, and fails as it did. `failed` is what comes before the message: `not frozen`. */
export async function loggingFailure<T>(log: Log, failed: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, message } = asFailure(error)
    log.error({ code, err: error }, `${failed}: ${message}`)
    throw error
  }
}
