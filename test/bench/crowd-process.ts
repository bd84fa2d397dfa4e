/** The writers of the demo, from `start` to `stop`, each as fast as it can, into InnoDB and MyISAM. */
import { createConnection } from 'mysql2/promise'
import { tables } from '../demo/tables.ts'
import { startWriters, type Writers } from '../demo/writers.ts'

const socket = process.argv[2]!
const size = Number(process.argv[3])
const party = await createConnection({ socketPath: socket, user: 'root' })
let writers: Writers | undefined

process.on('disconnect', () => process.exit())
process.on('message', (word: 'start' | 'stop') => void (word === 'start' ? start() : stop()))
process.send!('ready')

/** They number their rows from 1 each time. */
async function start(): Promise<void> {
  for (const table of Object.values(tables)) await party.query(`TRUNCATE TABLE ${table}`)
  writers = await startWriters(socket, size)
  await writers.commit(size, new AbortController().signal)
  process.send!('committing')
}

async function stop(): Promise<void> {
  await writers?.stop()
  await writers?.[Symbol.asyncDispose]()
  process.send!([])
}
