import { setTimeout as sleep } from 'node:timers/promises'
import { dir as temporaryDir } from 'tmp-promise'
import { createTables as createCrowdTables, optionsFor } from '../../demo/tables.ts'
import type { ServerName } from '../../servers/catalog.ts'
import { fetchServer } from '../../servers/fetch.ts'
import { type Server, startServer } from '../../servers/start.ts'
import { account, accountWith } from '../../support/accounts.ts'
import { type Lab, openLab } from '../../support/lab.ts'
import { allGrants } from '../../support/locks.ts'
import { inTime } from '../../support/until.ts'
import { type Writer as Judge, writerAt } from '../../support/writer.ts'
import { length, longestIn, type Span, stallIn } from '../commits.ts'
import { now } from '../monotonic.ts'
import type { BenchWorld } from '../rounds.ts'
import { createTable } from '../writer-table.ts'
import { type BlockerMeasured, lockWait, type Outcome } from './blocker-table.ts'
import { type Cell, cellsOf } from './cells.ts'
import { poolCells, poolOptions } from './saturated-pool.ts'
import { openWatchers, type Watchers } from './watchers.ts'

/** Each cell once: the bound is on the worst, not on the usual. */
export async function measureBlockers(
  servers: readonly ServerName[],
  world: BenchWorld,
): Promise<readonly BlockerMeasured[]> {
  const all: BlockerMeasured[] = []
  for (const name of servers) {
    all.push(...(await measureCells({ name, cells: cellsOf(name), options: [], world })))
    all.push(...(await measureCells({ name, cells: poolCells(name), options: poolOptions, world })))
  }
  return all
}

interface Cells {
  readonly name: ServerName
  readonly cells: readonly Cell[]
  /** Further options of the server. */
  readonly options: readonly string[]
  readonly world: BenchWorld
}

async function measureCells({ name, cells, options, world }: Cells): Promise<readonly BlockerMeasured[]> {
  if (cells.length === 0) return []
  const folder = await temporaryDir({ prefix: 'mysql-quiesce-bench', unsafeCleanup: true })
  try {
    await using server = await readyServer({ name, dir: folder.path, options })
    const judge = await writerAt(server.socket)
    for (const statement of [...accountWith(account), ...allGrants(name)]) await judge.ask(statement)
    const measured: BlockerMeasured[] = []
    for (const cell of cells) {
      world.stop.throwIfAborted()
      const one = await measureCell(cell, { server, judge })
      world.progress(`${name}: ${cell.lock} beside ${cell.beside}: ${one.outcome}`)
      measured.push(one)
    }
    return measured
  } finally {
    await folder.cleanup()
  }
}

async function readyServer({
  name,
  dir,
  options,
}: Pick<Cells, 'name' | 'options'> & { readonly dir: string }) {
  const fetched = await fetchServer(name)
  const server = await startServer({ name, dir, options: [...optionsFor(fetched), ...options] })
  await server.client(createTable)
  await createCrowdTables(server, { password: 'nobody logs in with it' })
  // it is made anew, with what every lock needs
  await server.client(`DROP USER ${account.user}@localhost`)
  return server
}

interface Party {
  readonly server: Server
  readonly judge: Judge
}

async function measureCell(cell: Cell, { server, judge }: Party): Promise<BlockerMeasured> {
  await server.client(`SET GLOBAL innodb_flush_log_at_trx_commit = ${cell.flushLog}`)
  await using watchers = await openWatchers(server.socket, cell.table)
  const { outcome, during, after } = await freezeBeside(cell, { server, judge, watchers })
  const { writer, reader, readerOfTable } = await inTime(watchers.stop(), 'all go on', 60_000)
  const { server: name, lock, beside, flushLog } = cell
  const stalled = (times: readonly number[]) => length(stallIn(times, during))
  return {
    ...{ server: name, lock, beside, flushLog, outcome },
    took: length(during),
    writers: stalled(writer),
    readers: stalled(reader),
    readersOfTable: readerOfTable && stalled(readerOfTable),
    after: Math.max(...[writer, reader, readerOfTable ?? reader].map((times) => longestIn(times, after))),
  }
}

interface Seen {
  readonly outcome: Outcome
  /** From the start of the freeze to its end, and for one that was frozen to the end of the thaw. */
  readonly during: Span
  /** What was looked at of the time after that. */
  readonly after: Span
}

/** How long to look on before the freeze, and after it, in milliseconds. */
const lookOn = { before: 300, after: 1000 } as const

async function freezeBeside(
  cell: Cell,
  { watchers, ...scene }: Party & { readonly watchers: Watchers },
): Promise<Seen> {
  await using lab = await openLab(scene.server.socket)
  await using _blocking = await cell.begin({ ...scene, writer: scene.judge })
  await watchers.start()
  await sleep(lookOn.before)
  const from = now()
  const outcome = await freezeAndThaw(lab, cell)
  const to = now()
  await sleep(lookOn.after)
  return { outcome, during: { from, to }, after: { from: to, to: now() } }
}

async function freezeAndThaw(lab: Lab, { lock, options }: Cell): Promise<Outcome> {
  const hurried = [`--lock-wait=${lockWait}ms`, '--freeze-within=4s', ...options]
  const frozen = await lab.freeze('freeze', `--lock=${lock}`, ...hurried)
  if (frozen.exitCode !== 0) return 'refused'
  const thawed = await lab.thaw('thaw')
  return thawed.exitCode === 0 ? 'frozen' : 'not let go'
}
