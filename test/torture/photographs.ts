import { now } from '../bench/monotonic.ts'
import { join } from 'node:path'
import type { Server } from '../servers/start.ts'
import { complaintsOf } from '../support/photograph/content.ts'
import { bootFaults, logFaults } from '../support/photograph/judge.ts'
import { recordedIn } from '../support/photograph/recorded.ts'
import type { Commit } from './judge.ts'
import type { Freeze, Photograph, Stage, Thaw } from './stage.ts'
import { promises } from './verdicts.ts'

let count = 0

/** Of the server's disk as it is now; undefined where it cannot be had. */
export async function photographOf({ ground }: Stage): Promise<Photograph | undefined> {
  const from = now()
  const image = await ground.disk?.copy(`photograph-${++count}`)
  return image && { image, from, to: now() }
}

/** Every "consistent" whose photograph lacks something: a row that was acknowledged, a table's end, the binary log's. Throws the photographs away. */
export async function falsePhotographs(stage: Stage, commits: readonly Commit[]): Promise<readonly string[]> {
  const { freezes, thaws, note } = stage
  const told: string[] = []
  for (const promise of promises({ freezes, thaws })) {
    const photograph = between(promise)
    if (photograph === undefined) continue
    const faults = await faultsIn(photograph, stage, commits)
    note(
      `the photograph of ${Math.round(photograph.to - photograph.from)} ms: ${faults.join('; ') || 'all is there'}`,
    )
    told.push(...faults.map((fault) => `"consistent", but in the photograph ${fault}`))
  }
  for (const { photograph } of [...freezes, ...thaws]) await photograph?.image.remove()
  return told
}

/** One that was taken when the freeze had ended and the thaw had not begun. */
function between({ freeze, thaw }: { readonly freeze: Freeze; readonly thaw: Thaw }): Photograph | undefined {
  const isBetween = ({ from, to }: Photograph) => freeze.end!.at <= from && to <= thaw.began
  return [freeze.photograph, thaw.photograph].find((one) => one && isBetween(one))
}

async function faultsIn(
  { image, from }: Photograph,
  { ground }: Stage,
  commits: readonly Commit[],
): Promise<readonly string[]> {
  await using copy = await image.mount()
  const dataDir = join(copy.place, 'data')
  const recorded = await recordedIn(join(copy.place, 'record'))
  if (recorded === undefined) return ['coordinates.json is not there']
  const acknowledged = commits.filter(({ doneAt }) => doneAt <= from).map(({ n }) => n)
  return [
    ...(await logFaults(recorded.servers[0]?.coordinates ?? null, dataDir)),
    ...(await bootFaults({ name: ground.server.name, dataDir }, async (server) => [
      ...(await missing(acknowledged, server)),
      ...(await complaintsOf(server)),
    ])),
  ]
}

async function missing(acknowledged: readonly number[], server: Server): Promise<readonly string[]> {
  const first = acknowledged[0] ?? 0
  const rows = `SELECT n FROM torture.numbered WHERE n >= ${first} UNION ALL SELECT n FROM torture.in_myisam WHERE n >= ${first}`
  const there = new Set((await server.client(rows)).split('\n').map(Number))
  const lost = acknowledged.filter((n) => !there.has(n))
  return lost.length === 0
    ? []
    : [`${lost.length} of ${acknowledged.length} acknowledged rows are missing, from row ${lost[0]} on`]
}
