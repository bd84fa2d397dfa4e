/** npm run bench: measures added stall, release, pre-freeze time and memory; see `usage` in arguments.ts. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { benchArguments, type BenchArguments, usage } from './arguments.ts'
import { bench } from './bench.ts'
import type { ServerName } from '../servers/catalog.ts'
import { measureBlockers } from './blockers.ts'
import { blockerTable, isTooLong } from './blocker-table.ts'
import { isUnchanged, setTable } from './set-table.ts'
import { measureSets } from './sets.ts'
import { tables } from './table.ts'
import type { WatchMeasured } from './watch/measure.ts'
import { runWatch } from './watch/run.ts'
import { isReliable, watchTable } from './watch/table.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)))

const args = read()
if (args !== undefined) await run(args).catch((error: unknown) => fail(error, 1))

function read(): BenchArguments | undefined {
  try {
    return benchArguments(process.argv.slice(2))
  } catch (error) {
    fail(error, 2)
    console.error(usage)
    return undefined
  }
}

async function run(wanted: BenchArguments): Promise<void> {
  if (wanted.blockers.length > 0) return await runBlockers(wanted.blockers)
  if (wanted.watch !== undefined) return await watch(wanted.watch, wanted.bundle)
  if (wanted.sets.length > 0) return await runSets(wanted)
  const { report, picture } = await bench(wanted, {
    progress: (line) => console.error(line),
    stop: stop.signal,
  })
  console.log(tables(report))
  if (wanted.into === undefined || picture === undefined) return
  await mkdir(wanted.into, { recursive: true })
  await writeFile(join(wanted.into, 'bench.json'), `${JSON.stringify(report, rounded, 2)}\n`)
  await writeFile(join(wanted.into, 'bench.svg'), picture)
}

async function runBlockers(servers: readonly ServerName[]): Promise<void> {
  const measured = await measureBlockers(servers, {
    progress: (line) => console.error(line),
    stop: stop.signal,
  })
  console.log(blockerTable(measured))
  if (measured.some(isTooLong)) process.exitCode = 1
}

async function runSets(wanted: BenchArguments): Promise<void> {
  const measured = await measureSets(wanted, {
    progress: (line) => console.error(line),
    stop: stop.signal,
  })
  console.log(setTable(measured))
  if (measured.some((one) => !isUnchanged(one, measured))) process.exitCode = 1
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
