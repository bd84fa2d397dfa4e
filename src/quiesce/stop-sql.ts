import { Failure } from '../core/failure.ts'
import { placed } from '../core/server.ts'
import { unlessAborted } from './race.ts'
import type { Attempting } from './attempting.ts'
import { at, type Member } from './member.ts'
import type { SqlThreads } from './sql-threads.ts'
import { until } from './until.ts'

type Stopping = Pick<Attempting, 'clock' | 'deadline' | 'signal' | 'waitFor'> & {
  readonly threads: SqlThreads
}

/**
 * Stops every SQL thread that runs, with no temporary table open in it: such a table of a statement lives in the memory of
 * the SQL thread, so what replays the statements after it from the snapshot would miss it.
 */
export async function stopSql(members: readonly Member[], stopping: Stopping): Promise<void> {
  await unlessAborted(
    Promise.all(members.map((member) => at(member.name, () => stopAt(member, stopping)))),
    stopping.signal,
  )
}

async function stopAt(member: Member, stopping: Stopping): Promise<void> {
  const { replica } = member
  const { threads } = stopping
  for (;;) {
    await noTemporaryTables(member, stopping)
    const channels = await replica.channels()
    await threads.stop(
      member,
      channels.filter(({ sqlThread }) => sqlThread === 'running').map(({ name }) => name),
    )
    // One may have been made between the look and the stop.
    if ((await replica.openTemporaryTables()) === 0) return
    await threads.start(member)
  }
}

async function noTemporaryTables({ replica, name }: Member, stopping: Stopping): Promise<void> {
  const { clock, deadline, signal, waitFor } = stopping
  let open = 0
  const isNone = async () => {
    open = await replica.openTemporaryTables()
    if (open > 0) waitFor(placed(name, `waiting for ${tables(open)} of the SQL threads to go`))
    return open === 0
  }
  const outcome = await until(isNone, { clock, within: deadline - clock.now(), signal, every: 100 })
  if (outcome === 'aborted') throw signal.reason
  if (open > 0)
    throw new Failure('no-quiet-moment', `the SQL threads were not stopped: they have ${tables(open)} open`)
}

function tables(count: number): string {
  return count === 1 ? '1 temporary table' : `${count} temporary tables`
}
