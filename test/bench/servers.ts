import type { ServerName } from '../servers/catalog.ts'
import type { BenchArguments } from './arguments.ts'
import { type Figures, figuresOf } from './figures.ts'
import type { Measured } from './measure.ts'
import { roundsOf, type Task } from './plan.ts'
import { type BenchWorld, measureRounds } from './rounds.ts'
import type { FlushLog, ServerMeasured } from './server-table.ts'
import { type Stand, withStand } from './stand.ts'
import type { SubjectName } from './subject.ts'

type Wanted = Pick<BenchArguments, 'servers' | 'rounds' | 'baselineRounds' | 'only' | 'bundle'>

/** The baseline first, with what a server comes with; then floor and ours with each setting, in turn. */
export async function measureServers(wanted: Wanted, world: BenchWorld): Promise<readonly ServerMeasured[]> {
  const all: ServerMeasured[] = []
  for (const name of wanted.servers)
    all.push(
      ...(await withStand({ name, ...wanted, ...world }, (stand) =>
        measureServer(name, { stand, wanted, world }),
      )),
    )
  return all
}

interface Measuring {
  readonly stand: Stand
  readonly wanted: Wanted
  readonly world: BenchWorld
}

async function measureServer(name: ServerName, measuring: Measuring): Promise<readonly ServerMeasured[]> {
  const { stand, wanted } = measuring
  const { baseline } = await stalls(measuring, { ...wanted, only: ['baseline'] })
  const all: ServerMeasured[] = []
  for (const flushLog of flushLogs) {
    measuring.world.progress(`${name}: innodb_flush_log_at_trx_commit ${flushLog}`)
    await stand.server.client(`SET GLOBAL innodb_flush_log_at_trx_commit = ${flushLog}`)
    const { ours, floor } = await stalls(measuring, { ...wanted, only: ['ours', 'floor'] })
    all.push({ server: name, flushLog, ours: ours!, floor: floor!, baseline })
  }
  return all
}

const flushLogs: readonly FlushLog[] = [1, 0, 2]

type Stalls = Readonly<Record<SubjectName, Figures['addedStall']>>

async function stalls({ stand, world }: Measuring, plan: Omit<Wanted, 'servers'>): Promise<Stalls> {
  const rounds = roundsOf(plan).map((round) => round.filter(isUnderLoad))
  const measured = await measureRounds({ rounds, lab: stand.lab, ...world })
  return { ours: of('ours'), floor: of('floor'), baseline: of('baseline') }

  function of(wanted: SubjectName): Figures['addedStall'] {
    return figuresOf(measured.filter(isOf(wanted)).map(({ measures }) => measures)).addedStall
  }
}

function isOf(wanted: SubjectName) {
  return ({ subject }: Measured) => subject === wanted
}

function isUnderLoad({ load }: Task): boolean {
  return load === 'writer'
}
