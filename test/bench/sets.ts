import { join } from 'node:path'
import { together } from '../../src/quiesce/together.ts'
import { fetchServer } from '../servers/fetch.ts'
import { type Server, startServer } from '../servers/start.ts'
import type { BenchArguments } from './arguments.ts'
import type { BenchWorld } from './rounds.ts'
import { openFloor } from './floor.ts'
import { ours } from './ours.ts'
import { openPlace } from './place.ts'
import type { SetMeasured } from './set-table.ts'
import { summary } from './statistics.ts'
import type { Subject } from './subject.ts'
import { addedStall, takeSet } from './take.ts'
import { startWriter, type Writer } from './writer.ts'
import { createTable } from './writer-table.ts'

type Wanted = Pick<BenchArguments, 'server' | 'sets' | 'rounds' | 'bundle'>

/** Each size of set in every round, so that what else the machine does meanwhile meets them alike. */
export async function measureSets(wanted: Wanted, world: BenchWorld): Promise<readonly SetMeasured[]> {
  const { server: name, sets: sizes, rounds } = wanted
  const largest = Math.max(...sizes)
  await fetchServer(name, world)
  await using place = await openPlace()
  world.progress(`starting ${largest} servers, ${name}`)
  const dirs = Array.from({ length: largest }, (_, index) => join(place.dataDir, String(index)))
  await using servers = await together(dirs.map((dir) => readyServer(name, dir)))
  await using everyWriter = await together(servers.all.map(({ socket }) => startWriter(socket)))
  await using floors = await together(sizes.map((size) => openFloor(servers.all.slice(0, size))))
  const sets: MeasuredSet[] = []
  for (const [index, size] of sizes.entries()) {
    const config = await place.configForSet(servers.all.slice(0, size).map(({ socket }) => socket))
    const subjects = { ours: ours({ ...wanted, place, config }), floor: floors.all[index]! }
    sets.push({ writers: everyWriter.all.slice(0, size), subjects, stalls: { ours: [], floor: [] } })
  }
  // A server's first lock takes longer than all that follow: it is nobody's.
  for (const { subjects, writers } of sets) await takeSet({ subject: subjects.floor, writers })

  for (let round = 1; round <= rounds; round++) {
    for (const set of sets) {
      world.stop.throwIfAborted()
      await measureRound(set)
    }
    world.progress(`round ${round} of ${rounds}`)
  }
  return sets.map(({ writers, stalls }) => ({
    servers: writers.length,
    ours: summary(stalls.ours)!,
    floor: summary(stalls.floor)!,
  }))
}

async function readyServer(name: Wanted['server'], dir: string): Promise<Server> {
  const server = await startServer({ name, dir })
  await server.client(createTable)
  return server
}

interface MeasuredSet {
  readonly writers: readonly Writer[]
  readonly subjects: Readonly<Record<'ours' | 'floor', Subject>>
  readonly stalls: Readonly<Record<'ours' | 'floor', number[]>>
}

/** The longest of the added stalls of all its writers. */
async function measureRound({ writers, subjects, stalls }: MeasuredSet): Promise<void> {
  for (const name of ['floor', 'ours'] as const) {
    const takes = await takeSet({ subject: subjects[name], writers })
    stalls[name].push(Math.max(...takes.map(addedStall)))
  }
}
