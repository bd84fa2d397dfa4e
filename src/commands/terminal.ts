import type { Output } from './command.ts'

/** Where the operator reads. One who stops reading (`| head`) is no failure. */
export function terminal(): Output {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', allowClosed)
  return {
    // https://no-color.org
    style: process.stdout.isTTY && !process.env['NO_COLOR'] ? 'coloured' : 'plain',
    line: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
  }
}

function allowClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
