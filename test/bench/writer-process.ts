/** The writer, or with a SELECT a reader: does its statement as fast as it can from `start` to `stop`, and then sends when each was done. */
import { createConnection } from 'mysql2/promise'
import { now } from './monotonic.ts'

const connection = await createConnection({ socketPath: process.argv[2]!, user: 'root' })
let stop = new AbortController()

process.on('disconnect', () => process.exit())
process.on('message', (word: 'start' | 'stop') => {
  if (word === 'stop') stop.abort()
  else void write()
})
process.send!('ready')

async function write(): Promise<void> {
  const commits: number[] = []
  stop = new AbortController()
  while (!stop.signal.aborted) {
    await connection.query(process.argv[3]!)
    commits.push(now())
    if (commits.length === 1) process.send!('committing')
  }
  process.send!(commits)
}
