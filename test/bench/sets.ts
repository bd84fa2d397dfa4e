import { join } from 'node:path'
import { fetchServer } from '../servers/fetch.ts'
import { type Server, startServer } from '../servers/start.ts'
import type { BenchArguments } from './arguments.ts'
import type { BenchWorld } from './bench.ts'
import { openFloor } from './floor.ts'
import { ours } from './ours.ts'
import { openPlace, type Place } from './place.ts'
import type { SetMeasured } from './set-table.ts'
import { summary } from './statistics.ts'
import type { Subject } from './subject.ts'
import { addedStall, takeSet } from './take.ts'
import { startWriter, type Writer } from './writer.ts'
import { createTable } from './writer-table.ts'

type Wanted = Pick<BenchArguments, 'server' | 'sets' | 'rounds' | 'bundle'>

/** Each size of set in every round, so that what else the machine does meanwhile meets them alike. */
export async function measureSets(wanted: Wanted, world: BenchWorld): Promise<readonly SetMeasured[]> {
  await fetchServer(wanted.server, world)
  await using place = await openPlace()
  await using stack = stackOf()
  const members: Member[] = []
  for (let index = 0; index < Math.max(...wanted.sets); index++) {
    world.progress(`starting ${wanted.server}, ${index + 1} of ${Math.max(...wanted.sets)}`)
    members.push(await memberIn(join(place.dataDir, String(index)), wanted, stack))
  }
  const sets = []
  for (const size of wanted.sets) sets.push(await setOf(members.slice(0, size), { ...wanted, place, stack }))
  for (let round = 1; round <= wanted.rounds; round++) {
    for (const set of sets) {
      world.stop.throwIfAborted()
      await measureRound(set)
    }
    world.progress(`round ${round} of ${wanted.rounds}`)
  }
  return sets.map(({ writers, stalls }) => ({
    servers: writers.length,
    ours: summary(stalls.ours)!,
    floor: summary(stalls.floor)!,
  }))
}

interface Member {
  readonly server: Server
  readonly writer: Writer
}

async function memberIn(dir: string, { server: name }: Wanted, stack: Stack): Promise<Member> {
  const server = await startServer({ name, dir })
  stack.push(server)
  await server.client(createTable)
  const writer = await startWriter(server.socket)
  stack.push(writer)
  return { server, writer }
}

interface MeasuredSet {
  readonly writers: readonly Writer[]
  readonly subjects: Readonly<Record<'ours' | 'floor', Subject>>
  readonly stalls: Readonly<Record<'ours' | 'floor', number[]>>
}

async function setOf(
  members: readonly Member[],
  { bundle, place, stack }: Wanted & { readonly place: Place; readonly stack: Stack },
): Promise<MeasuredSet> {
  const servers = members.map(({ server }) => server)
  const floor = await openFloor(servers)
  stack.push(floor)
  const config = await place.configForSet(servers.map(({ socket }) => socket))
  const writers = members.map(({ writer }) => writer)
  const set = {
    writers,
    subjects: { ours: ours({ bundle, place, config }), floor },
    stalls: { ours: [], floor: [] },
  }
  // A server's first lock takes longer than all that follow: it is nobody's.
  await takeSet({ subject: floor, writers })
  return set
}

/** The longest of the added stalls of all its writers. */
async function measureRound({ writers, subjects, stalls }: MeasuredSet): Promise<void> {
  for (const name of ['floor', 'ours'] as const) {
    const takes = await takeSet({ subject: subjects[name], writers })
    stalls[name].push(Math.max(...takes.map(addedStall)))
  }
}

type Stack = ReturnType<typeof stackOf>

/** Disposed of in the reverse order. */
function stackOf() {
  const all: AsyncDisposable[] = []
  return {
    push: (one: AsyncDisposable) => void all.push(one),
    async [Symbol.asyncDispose]() {
      for (const one of all.toReversed()) await one[Symbol.asyncDispose]()
    },
  }
}
