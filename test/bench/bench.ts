import { cpus, release } from 'node:os'
import { createTables as createCrowdTables, optionsFor } from '../demo/tables.ts'
import { fetchServer } from '../servers/fetch.ts'
import { startServer, type Server } from '../servers/start.ts'
import type { BenchArguments } from './arguments.ts'
import { baseline } from './baseline.ts'
import { openFloor } from './floor.ts'
import { type Lab, type Measured, measure } from './measure.ts'
import { ours } from './ours.ts'
import { photograph } from './photograph.ts'
import { openPlace, type Place, writeLogin } from './place.ts'
import { roundsOf } from './plan.ts'
import { type Circumstances, type Report, reportOn } from './report.ts'
import { number } from './table.ts'
import { takeUnderLoad } from './take.ts'
import { startWriterInCrowd } from './writer.ts'
import { createTable } from './writer-table.ts'

export interface BenchWorld {
  readonly progress: (line: string) => void
  /** Looked at between two tasks. */
  readonly stop: AbortSignal
}

export interface Bench {
  readonly report: Report
  /** SVG; undefined where it is not asked for. */
  readonly picture: string | undefined
}

/** All rounds on one private server, which is gone afterwards. */
export async function bench(args: BenchArguments, world: BenchWorld): Promise<Bench> {
  await using place = await openPlace()
  await using server = await readyServer(args, { place, ...world })
  await using writer = await startWriterInCrowd(server.socket)
  await using floor = await openFloor([server])
  const subjects = {
    ours: ours({ bundle: args.bundle, place }),
    floor,
    baseline: baseline({ server, place }),
  }
  const measured = await allRounds({ args, lab: { subjects, writer }, ...world })
  if (args.into !== undefined) world.progress('one more snapshot for the picture')
  const picture = args.into === undefined ? undefined : await photograph({ subjects, writer })
  return { report: reportOn(measured, circumstances(server)), picture }
}

async function readyServer(
  { server: name }: BenchArguments,
  { place, progress }: Pick<BenchWorld, 'progress'> & { readonly place: Place },
): Promise<Server> {
  const fetched = await fetchServer(name, { progress })
  progress(`starting ${name}`)
  const server = await startServer({ name, dir: place.dataDir, options: optionsFor(fetched) })
  await server.client(createTable)
  await createCrowdTables(server, { password: 'nobody logs in with it' })
  await writeLogin(place, server.socket)
  return server
}

async function allRounds({
  args,
  lab,
  progress,
  stop,
}: BenchWorld & { readonly args: BenchArguments; readonly lab: Lab }): Promise<readonly Measured[]> {
  const rounds = roundsOf(args)
  // A server's first lock takes longer than all that follow: it is nobody's.
  await takeUnderLoad({ subject: lab.subjects.floor, writer: lab.writer })
  const all: Measured[] = []
  for (const [index, round] of rounds.entries()) {
    const measured: Measured[] = []
    for (const task of round) {
      stop.throwIfAborted()
      measured.push(await measure(task, lab))
    }
    all.push(...measured)
    progress(`round ${index + 1} of ${rounds.length}: ${stalls(measured)}`)
  }
  return all
}

function stalls(measured: readonly Measured[]): string {
  const told = measured.flatMap(({ subject, measures: { addedStall } }) =>
    addedStall === undefined ? [] : [`${subject} ${number(addedStall)} ms`],
  )
  return `added stall ${told.join(', ')}`
}

function circumstances({ family, version }: Server): Circumstances {
  const processors = cpus()
  return {
    at: new Date().toISOString(),
    server: `${family} ${version}`,
    machine: `${processors.length} x ${processors[0]?.model ?? 'cpu'}, Linux ${release()}, Node ${process.version}`,
  }
}
