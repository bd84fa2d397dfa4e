import type { BenchArguments } from './arguments.ts'
import { machine } from './circumstances.ts'
import { photograph } from './photograph.ts'
import { roundsOf } from './plan.ts'
import { type Report, reportOn } from './report.ts'
import { type BenchWorld, measureRounds } from './rounds.ts'
import { withStand } from './stand.ts'

export interface Bench {
  readonly report: Report
  /** SVG; undefined where it is not asked for. */
  readonly picture: string | undefined
}

/** All rounds on one private server, which is gone afterwards. */
export async function bench(args: BenchArguments, world: BenchWorld): Promise<Bench> {
  return await withStand({ ...args, ...world, name: args.server }, async ({ server, lab }) => {
    const measured = await measureRounds({ rounds: roundsOf(args), lab, ...world })
    if (args.into !== undefined) world.progress('one more snapshot for the picture')
    const picture = args.into === undefined ? undefined : await photograph(lab)
    const at = new Date().toISOString()
    const circumstances = { at, server: `${server.family} ${server.version}`, machine: machine() }
    return { report: reportOn(measured, circumstances), picture }
  })
}
