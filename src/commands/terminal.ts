import { errnoOf, systemMessage } from '../adapters/errno.ts'
import { Failure } from '../core/failure.ts'
import type { Output } from './command.ts'

/** Where the operator reads. One who stops reading (`| head`) is no failure; an answer that finds no room is. */
export function terminal(): Output {
  process.stdout.on('error', failUnlessClosed)
  process.stderr.on('error', () => {})
  return {
    // https://no-color.org
    style: process.stdout.isTTY && !process.env['NO_COLOR'] ? 'coloured' : 'plain',
    line: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
  }
}

/** Nobody waits for this error, so it ends the command here. */
function failUnlessClosed(error: Error): void {
  if (errnoOf(error) === 'EPIPE') return
  const message = `standard output cannot be written: ${systemMessage(error)}`
  const { exitCode, hint } = new Failure('target-unwritable', message)
  process.stderr.write(`mysql-quiesce: ${message}\nhint: ${hint}\n`)
  process.exit(exitCode)
}
