import { asFailure, Failure } from '../core/failure.ts'
import type { ProcessIdentity } from '../core/process.ts'
import { nameOfChannel } from '../core/replica.ts'
import { placed } from '../core/server.ts'
import type { StoppedThreads } from '../core/stopped-threads.ts'
import type { Database } from '../core/world.ts'
import { type Keeping, sqlThreads, type Stoppable } from './sql-threads.ts'
import { until } from './until.ts'

export interface Restarting extends Omit<Keeping, 'run'> {
  /** The set: one for each defaults-file. */
  readonly databases: readonly Pick<Database, 'replica'>[]
  /** The run whose locker has left SQL threads stopped. */
  readonly run: string
  readonly isAlive: (locker: ProcessIdentity) => boolean
}

/** How long a locker that is about to end may take, in milliseconds. */
const goneWithin = 1000

/**
 * Starts the SQL threads that the locker of a run has stopped and did not start again: it was killed, or could not. Throws
 * `replica-stopped` where any stays stopped.
 */
export async function restartReplica(world: Restarting): Promise<void> {
  const { journal, clock, log, run, isAlive, databases } = world
  const left = ofRun(world)
  if (left === null) return
  const isGone = () => !isAlive(left.locker)
  // Who lives starts them itself.
  if ((await until(isGone, { clock, within: goneWithin, every: 20 })) !== 'yes')
    throw new Failure(
      'busy',
      `locktables pid ${left.locker.pid} of run ${left.run} lives, and starts them itself`,
    )

  const servers: Stoppable[] = []
  const failed: string[] = []
  for (const database of databases) {
    try {
      servers.push({ database, replica: await database.replica(), name: '' })
    } catch (error) {
      failed.push(asFailure(error).message)
      log.error({ run, err: error }, `no SQL thread can be started there: ${asFailure(error).message}`)
    }
  }
  const named = servers.map((server) => ({
    ...server,
    name: databases.length > 1 ? server.replica.where : '',
  }))
  await sqlThreads(world, named)[Symbol.asyncDispose]()
  for (const { replica } of servers) await replica[Symbol.asyncDispose]()

  const still = ofRun({ journal, run })
  if (still === null) return
  throw new Failure('replica-stopped', [`still stopped: ${describe(still)}`, ...failed].join('; '))
}

function ofRun({ journal, run }: Pick<Restarting, 'journal' | 'run'>): StoppedThreads | null {
  const left = journal.read()
  return left === null || left === 'unreadable' || left.run !== run ? null : left
}

function describe({ servers }: StoppedThreads): string {
  const each = servers.flatMap(({ where, channels }) =>
    channels.map((channel) => placed(where, `the SQL thread of ${nameOfChannel(channel)}`)),
  )
  return each.join(', ')
}
