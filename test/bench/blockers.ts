import { setTimeout as sleep } from 'node:timers/promises'
import { dir as temporaryDir } from 'tmp-promise'
import type { LockName } from '../../src/core/lock-table.ts'
import type { ServerName } from '../servers/catalog.ts'
import { startServer } from '../servers/start.ts'
import { account, accountWith } from '../support/accounts.ts'
import { blockerNames, blockers } from '../support/blockers.ts'
import { type Lab, openLab } from '../support/lab.ts'
import { allGrants, locksOf } from '../support/locks.ts'
import { writerAt } from '../support/writer.ts'
import type { BenchWorld } from './rounds.ts'
import { type BlockerMeasured, lockWait } from './blocker-table.ts'
import { length, stallIn } from './commits.ts'
import { now } from './monotonic.ts'
import { startWriter, type Writer } from './writer.ts'
import { createTable } from './writer-table.ts'

/** Every lock of every server beside every blocker, each once: the bound is on the worst, not on the usual. */
export async function measureBlockers(
  servers: readonly ServerName[],
  world: BenchWorld,
): Promise<readonly BlockerMeasured[]> {
  const all: BlockerMeasured[] = []
  for (const server of servers) all.push(...(await measureServer(server, world)))
  return all
}

async function measureServer(
  name: ServerName,
  { progress, stop }: BenchWorld,
): Promise<readonly BlockerMeasured[]> {
  const folder = await temporaryDir({ prefix: 'mysql-quiesce-bench', unsafeCleanup: true })
  try {
    await using server = await startServer({ name, dir: folder.path })
    await server.client(createTable)
    const party = await writerAt(server.socket)
    for (const statement of [...accountWith(account), ...allGrants(name)]) await party.ask(statement)
    await using writer = await startWriter(server.socket)
    await using reader = await startWriter(server.socket, 'read')
    const measured: BlockerMeasured[] = []
    for (const lock of locksOf[name])
      for (const blocker of blockerNames) {
        stop.throwIfAborted()
        progress(`${name}: ${lock} beside ${blocker}`)
        await using lab = await openLab(server.socket)
        await using _blocking = await blockers[blocker]({ writer: party })
        measured.push({ server: name, lock, blocker, ...(await measureOne({ lab, lock, writer, reader })) })
      }
    return measured
  } finally {
    await folder.cleanup()
  }
}

interface Measuring {
  readonly lab: Lab
  readonly lock: LockName
  readonly writer: Writer
  readonly reader: Writer
}

/** quiet-query is put out of the way: what is measured is the attempt that it would have spared everybody. */
async function measureOne({
  lab,
  lock,
  writer,
  reader,
}: Measuring): Promise<Pick<BlockerMeasured, 'outcome' | 'took' | 'writers' | 'readers'>> {
  await Promise.all([writer.start(), reader.start()])
  await sleep(300)
  const from = now()
  const hurried = [`--lock-wait=${lockWait}ms`, '--freeze-within=4s', '--quiet-query=1h']
  const { exitCode } = await lab.freeze('freeze', `--lock=${lock}`, ...hurried)
  if (exitCode === 0) await lab.thaw('thaw')
  const around = { from, to: now() }
  await sleep(300)
  const [commits, reads] = await Promise.all([writer.stop(), reader.stop()])
  return {
    outcome: exitCode === 0 ? 'frozen' : 'refused',
    took: length(around),
    writers: length(stallIn(commits, around)),
    readers: length(stallIn(reads, around)),
  }
}
