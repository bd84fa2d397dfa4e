import { asFailure, Failure } from '../core/failure.ts'
import type { ProcessIdentity } from '../core/process.ts'
import { nameOfChannel } from '../core/replica.ts'
import { placed } from '../core/server.ts'
import type { StoppedServer } from '../core/stopped-threads.ts'
import type { Clock, Database, Log, ReplicaJournal, ReplicaSession } from '../core/world.ts'
import { unreadable } from './left-stopped.ts'
import { inTime } from './race.ts'

/** One server whose SQL threads may be stopped. */
export interface Stoppable {
  readonly database: Pick<Database, 'replica'>
  readonly replica: ReplicaSession
  /** Its place, where there are others too; else ''. */
  readonly name: string
}

export interface Keeping {
  readonly journal: ReplicaJournal
  readonly clock: Clock
  readonly log: Log
  readonly run: string
  readonly self: ProcessIdentity
}

/** SQL threads that are stopped for a snapshot, each in the journal from before it is stopped until it is started. */
export interface SqlThreads extends AsyncDisposable {
  /** Those of this server. */
  stoppedAt(server: Stoppable): readonly string[]
  /** From here on it is our duty to start them again. */
  stop(server: Stoppable, channels: readonly string[]): Promise<void>
  /** Starts all of this server; what cannot be started stays in the journal, and is logged. */
  start(server: Stoppable): Promise<void>
}

/** How long a SQL thread may take to start, in milliseconds. */
const startWithin = 2000

/** Begins with what an earlier locker has left stopped. Disposing of it starts whatever it knows to be stopped. */
export function sqlThreads(keeping: Keeping, servers: readonly Stoppable[]): SqlThreads {
  const { journal, clock, log, run, self } = keeping
  const stopped = new Map<string, Set<string>>(
    leftIn(keeping).map(({ where, channels }) => [where, new Set(channels)]),
  )

  function stoppedAt({ replica: { where } }: Stoppable): readonly string[] {
    return [...(stopped.get(where) ?? [])]
  }

  async function stopOne(server: Stoppable, channel: string): Promise<void> {
    note(server, new Set([...stoppedAt(server), channel]))
    try {
      await server.replica.stopSqlThread(channel)
    } catch (error) {
      // Then it still runs; after any other failure it may have stopped.
      if (asFailure(error).code === 'privilege-missing') forget(server, channel)
      throw error
    }
    log.info({ run, channel }, placed(server.name, `stopped the SQL thread of ${nameOfChannel(channel)}`))
  }

  async function start(server: Stoppable): Promise<void> {
    for (const channel of stoppedAt(server)) {
      const what = `the SQL thread of ${nameOfChannel(channel)}`
      try {
        await startOne(server, channel)
        forget(server, channel)
        log.info({ run, channel }, placed(server.name, `started ${what} again`))
      } catch (error) {
        const { message } = asFailure(error)
        log.error({ run, channel, err: error }, placed(server.name, `${what} is still stopped: ${message}`))
      }
    }
  }

  /** Its session may be gone, or still wait for an answer: then another one. */
  async function startOne({ replica, database }: Stoppable, channel: string): Promise<void> {
    const late = () => new Failure('connection-lost', `it did not start within ${startWithin} ms`)
    const bounded = (work: Promise<void>) => inTime(work, { clock, within: startWithin, late })
    try {
      await bounded(replica.startSqlThread(channel))
    } catch {
      await bounded(startAnew(database, channel))
    }
  }

  function forget(server: Stoppable, channel: string): void {
    note(server, new Set(stoppedAt(server).filter((one) => one !== channel)))
  }

  function note({ replica: { where } }: Stoppable, channels: ReadonlySet<string>): void {
    if (channels.size > 0) stopped.set(where, new Set(channels))
    else stopped.delete(where)
    const left = [...stopped].map(([place, names]) => ({ where: place, channels: [...names] }))
    if (left.length > 0) journal.write({ run, locker: self, servers: left })
    else journal.forget()
  }

  return {
    stoppedAt,
    async stop(server, channels) {
      for (const channel of channels) await stopOne(server, channel)
    },
    start,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map(start))
    },
  }
}

async function startAnew(database: Stoppable['database'], channel: string): Promise<void> {
  await using session = await database.replica()
  await session.startSqlThread(channel)
}

function leftIn({ journal, log, run }: Keeping): readonly StoppedServer[] {
  const left = journal.read()
  if (left === null) return []
  if (left !== 'unreadable') return left.servers
  log.error({ run }, unreadable(journal))
  return []
}
