import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../bench/monotonic.ts'
import { openLab } from '../support/lab.ts'
import { deed, freeze, isFault, thaw } from './deeds.ts'
import type { Ground } from './ground.ts'
import { allOverWithin, longestStall, settings } from './limits.ts'
import { momentComes } from './moments.ts'
import { falsePhotographs } from './photographs.ts'
import { describeStep, scheduleOf } from './schedule.ts'
import type { Stage } from './stage.ts'
import { insertAnother } from './tables.ts'
import { falseVerdicts, strangeEnds, worstStall } from './verdicts.ts'

export interface Played {
  readonly seed: number
  /** Names of the faults that were done, each as often as it was. */
  readonly faults: readonly string[]
  /** Milliseconds. */
  readonly worstStall: number
  readonly falseVerdicts: readonly string[]
  readonly leakedLocks: readonly string[]
  /** What else is not as it should be. */
  readonly complaints: readonly string[]
  readonly freezes: number
  readonly consistent: number
  /** What was done and what came of it, line by line. */
  readonly journal: readonly string[]
}

/** Plays the schedule of a seed, and then a freeze and a thaw that nobody disturbs. */
export async function play(seed: number, ground: Ground): Promise<Played> {
  await using lab = await openLab(ground.server.socket)
  await lab.settle({ ...settings, 'record-dir': ground.recordDir })
  await ground.judge.take()
  const stage = stageOn(ground, lab)
  const faults = await playSteps(seed, stage)
  const leaked = await afterwards(stage)
  const commits = await ground.judge.take()
  const { freezes, thaws, troubles, journal } = stage
  const stall = worstStall(commits, troubles)
  if (stall > longestStall) leaked.locks.push(`the writer waited ${Math.round(stall)} ms for a row`)
  const ends = [...freezes, ...thaws].flatMap(({ end }) => end ?? [])
  return {
    seed,
    faults,
    journal,
    worstStall: stall,
    freezes: freezes.length,
    falseVerdicts: [
      ...falseVerdicts({ freezes, thaws, commits }),
      ...(await falsePhotographs(stage, commits)),
    ],
    leakedLocks: leaked.locks,
    complaints: [...leaked.others, ...strangeEnds(ends)],
    consistent: thaws.filter(({ end }) => /is consistent$/m.test(end?.stdout ?? '')).length,
  }
}

function stageOn(ground: Ground, lab: Stage['lab']): Stage {
  const begin = now()
  const journal: string[] = []
  const note = (what: string) => void journal.push(`${Math.round(now() - begin)} ms: ${what}`)
  return { ground, lab, freezes: [], thaws: [], troubles: [], going: [], journal, note }
}

async function playSteps(seed: number, stage: Stage): Promise<readonly string[]> {
  const faults: string[] = []
  for (const step of scheduleOf(seed)) {
    const came = await momentComes(step.moment, stage)
    await sleep(step.after)
    const how = await deed(step.deed, stage)
    stage.note(`${describeStep(step)}${came ? '' : ' (in vain)'}: ${how}`)
    if (how === 'done' && isFault(step.deed)) faults.push(step.deed)
  }
  return faults
}

/** Whoever stands still stands still, and nothing may stay locked; then all go on to their end, and the next run goes well. */
async function afterwards(stage: Stage) {
  const [locks, others]: [string[], string[]] = [[], []]
  const { lab, going, ground, note } = stage
  while (stage.troubles.at(-1)?.to === Infinity) await sleep(20)
  if (!(await writes(longestStall)))
    locks.push(`a fresh connection could not write within ${longestStall} ms`)
  for (const { pid } of await lab.processes()) goOn(pid)
  await within(allOverWithin, Promise.allSettled(going))
  if (!(await within(allOverWithin, allGone()))) others.push('processes are left')
  // What this machine needs to come to it, and no more.
  if (!(await writes(longestStall / 2))) locks.push('a fresh connection could not write when all was over')
  others.push(...(await nextRun()))
  return { locks, others }

  async function writes(limit: number): Promise<boolean> {
    return await within(limit, ground.ask(insertAnother))
  }

  async function allGone(): Promise<void> {
    while ((await lab.processes()).length > 0) await sleep(20)
  }

  async function nextRun(): Promise<readonly string[]> {
    note('the next run')
    await freeze(stage)
    await thaw(stage, 'thaw')
    const ends = [stage.freezes, stage.thaws].map((all) => all.at(-1)?.end?.exitCode)
    await within(allOverWithin, allGone())
    const left = await lab.files()
    return [
      ...(ends.every((exitCode) => exitCode === 0) ? [] : ['the next run did not go well']),
      ...(left.length === 0 ? [] : [`the next run left ${left.join(', ')}`]),
    ]
  }
}

/** One that has ended meanwhile has not to go on. */
function goOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch {
    // it has ended
  }
}

async function within(limit: number, work: Promise<unknown>): Promise<boolean> {
  const done = work.then(
    () => true,
    () => false,
  )
  return await Promise.race([done, sleep(limit, false, { ref: false })])
}
