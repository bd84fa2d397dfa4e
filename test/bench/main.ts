/** npm run bench: measures added stall, release, pre-freeze time and memory; see `usage` in arguments.ts. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { benchArguments, type BenchArguments, usage } from './arguments.ts'
import { bench } from './bench.ts'
import { measureBlockers } from './blockers/measure-blockers.ts'
import { blockerGrid, isTooLong, worstGrid } from './blockers/blocker-table.ts'
import { dirtyGrid, isReached as isDirtReached } from './dirty/dirty-table.ts'
import { measureDirty } from './dirty/measure-dirty.ts'
import { againWithPrivateMounts, hasPrivateMounts } from './dirty/private-mounts.ts'
import { isReached as isNodeReached, nodeGrid } from './nodes/node-table.ts'
import { measureNodes } from './nodes/measure-nodes.ts'
import { asText, type Grid } from './grid.ts'
import { writeSection } from './page.ts'
import { isReached, serverGrid } from './server-table.ts'
import { measureServers } from './servers.ts'
import { isUnchanged, setGrid } from './set-table.ts'
import { measureSets } from './sets.ts'
import { tables } from './table.ts'
import type { WatchMeasured } from './watch/measure.ts'
import { runWatch } from './watch/run.ts'
import { isReliable, watchTable } from './watch/table.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)))
const world = { progress: (line: string) => console.error(line), stop: stop.signal }

const typed = process.argv.slice(2)
const args = read()
if (args !== undefined) await run(args).catch((error: unknown) => fail(error, 1))

function read(): BenchArguments | undefined {
  try {
    return benchArguments(typed)
  } catch (error) {
    fail(error, 2)
    console.error(usage)
    return undefined
  }
}

async function run(wanted: BenchArguments): Promise<void> {
  if (wanted.servers.length > 0) return await runServers(wanted)
  if (wanted.dirty) return await runDirty(wanted)
  if (wanted.nodes) return await runNodes(wanted)
  if (wanted.watch !== undefined) return await watch(wanted.watch, wanted.bundle)
  if (wanted.blockers.length > 0) return await runBlockers(wanted)
  if (wanted.sets.length > 0) return await runSets(wanted)
  const { report, picture } = await bench(wanted, world)
  console.log(tables(report))
  if (wanted.into === undefined || picture === undefined) return
  await mkdir(wanted.into, { recursive: true })
  await writeFile(join(wanted.into, 'bench.json'), `${JSON.stringify(report, rounded, 2)}\n`)
  await writeFile(join(wanted.into, 'bench.svg'), picture)
}

async function runServers(wanted: BenchArguments): Promise<void> {
  const measured = await measureServers(wanted, world)
  await show(wanted, { name: 'servers', grids: [serverGrid(measured)], isGood: measured.every(isReached) })
}

async function runDirty(wanted: BenchArguments): Promise<void> {
  if (!hasPrivateMounts()) {
    process.exitCode = await againWithPrivateMounts()
    return
  }
  const measured = await measureDirty(wanted, world)
  await show(wanted, { name: 'dirty', grids: [dirtyGrid(measured)], isGood: isDirtReached(measured) })
}

async function runNodes(wanted: BenchArguments): Promise<void> {
  const measured = await measureNodes(wanted, world)
  await show(wanted, { name: 'nodes', grids: [nodeGrid(measured)], isGood: measured.every(isNodeReached) })
}

async function runBlockers(wanted: BenchArguments): Promise<void> {
  const measured = await measureBlockers(wanted.blockers, world)
  const grids = [blockerGrid(measured)]
  await show(wanted, {
    name: 'blockers',
    grids,
    page: [worstGrid(measured)],
    isGood: !measured.some(isTooLong),
  })
}

async function runSets(wanted: BenchArguments): Promise<void> {
  const measured = await measureSets(wanted, world)
  const isGood = measured.every((one) => isUnchanged(one, measured))
  await show(wanted, { name: 'sets', grids: [setGrid(measured)], isGood })
}

interface Shown {
  readonly name: string
  readonly grids: readonly Grid[]
  /** What the page has instead. */
  readonly page?: readonly Grid[]
  /** Is everything reached that is to be? */
  readonly isGood: boolean
}

async function show({ into }: BenchArguments, { name, grids, page = grids, isGood }: Shown): Promise<void> {
  console.log(grids.map(asText).join('\n\n'))
  if (into !== undefined) await writeSection({ into, name, args: typed, grids: page })
  if (!isGood) process.exitCode = 1
}

/** One file system and three, on an idle machine and on a busy one. */
async function watch(
  { freezes, minutes }: NonNullable<BenchArguments['watch']>,
  bundle: string,
): Promise<void> {
  const measured: WatchMeasured[] = []
  for (const [disks, busy] of [
    [1, 0],
    [1, 2],
    [3, 0],
    [3, 2],
  ] as const) {
    console.error(
      `${freezes} freezes of ${disks} file systems, ${busy} busy processes, then ${minutes} minutes without one`,
    )
    const quiet = minutes * 60_000
    measured.push(await runWatch({ disks, type: 'ext4', bundle, freezes, frozenFor: 3, busy, quiet }))
  }
  console.log(watchTable(measured))
  if (!measured.every(isReliable)) process.exitCode = 1
}

/** To the microsecond: what follows is noise of floating point. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
}

function fail(error: unknown, exitCode: number): void {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = exitCode
}
