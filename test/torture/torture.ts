import type { TortureArguments } from './arguments.ts'
import { type Ground, openGround } from './ground.ts'
import { play, type Played } from './play.ts'
import { scheduleOf, describeStep } from './schedule.ts'
import { type Tally, tallyOf } from './tally.ts'

export interface TortureWorld {
  /** What goes on, overwritten by what goes on next. */
  readonly progress: (line: string) => void
  /** What has to stay on the screen. */
  readonly say: (line: string) => void
  /** Looked at between two schedules. */
  readonly stop: AbortSignal
}

/** Plays schedule after schedule, each with the next seed, until the time is over. */
export async function torture(args: TortureArguments, world: TortureWorld): Promise<Tally> {
  const { seed, minutes, schedules, server } = args
  const played: Played[] = []
  const deadline = performance.now() + minutes * 60_000
  await using ground = await openGround(server)
  while (played.length < schedules && performance.now() < deadline && !world.stop.aborted) {
    const one = await playSeed(seed + played.length, ground)
    played.push(one)
    if (problemsOf(one).length > 0) world.say(failure(one, args))
    world.progress(progressLine(tallyOf(played), deadline))
  }
  return tallyOf(played)
}

async function playSeed(seed: number, ground: Ground): Promise<Played> {
  try {
    return await play(seed, ground)
  } catch (cause) {
    throw new Error(`the schedule of seed ${seed} could not be played to its end`, { cause })
  }
}

export function problemsOf({ falseVerdicts, leakedLocks, complaints }: Played): readonly string[] {
  return [
    ...falseVerdicts.map((text) => `FALSE VERDICT: ${text}`),
    ...leakedLocks.map((text) => `LEAKED LOCK: ${text}`),
    ...complaints,
  ]
}

function failure(played: Played, { server }: TortureArguments): string {
  return [
    `seed ${played.seed} on ${server} (npm run torture -- --server ${server} --seed ${played.seed} --schedules 1):`,
    ...problemsOf(played).map((problem) => `  ${problem}`),
    ...scheduleOf(played.seed).map((step) => `    planned: ${describeStep(step)}`),
    ...played.journal.map((line) => `    ${line}`),
  ].join('\n')
}

function progressLine({ schedules, faults, problems }: Tally, deadline: number): string {
  const left = Math.max(0, Math.ceil((deadline - performance.now()) / 1000))
  return `${schedules} schedules, ${faults} faults survived, ${problems} problems, ${left} s left`
}
