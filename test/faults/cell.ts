import assert from 'node:assert/strict'
import { now } from '../bench/monotonic.ts'
import type { Result, Script } from '../support/scripts.ts'
import { until } from '../support/until.ts'
import type { Judge } from '../torture/judge.ts'
import { falseVerdicts, strangeEnds } from '../torture/verdicts.ts'
import type { Fault, Place } from './fault.ts'
import { type End, isEnd, type Outcome } from './outcome.ts'
import { type Phase, type Reached, reach } from './phases.ts'

interface Cell {
  readonly fault: Fault
  readonly phase: Phase
  readonly outcome: Outcome
  readonly place: Place
  readonly judge: Judge
}

const settings = { 'hold-at-most': '6s', 'freeze-within': '20s', 'lock-wait': '15s' }

type Ended = Result & { readonly at: number }

/** Brings a run into the phase, does the fault, and looks what comes out: of the scripts, and for everybody else. */
export async function playCell({ fault, phase, outcome, place, judge }: Cell): Promise<void> {
  const { lab } = place
  const wanted = { ...settings, ...fault.settings }
  await lab.settle(wanted)
  await judge.take()
  await using _prepared = await prepared(fault, place)
  await using reached = await reach(phase, place)
  await using healing = healingOf(fault, place)
  const began = now()
  const injected = await fault.inject(place, reached, phase)
  if (goesOn({ fault, outcome, reached })) await reached.goOn()
  if (fault.heal?.when === 'the hold has ended')
    await lab.holdWhen('the hold has ended', ({ ended }) => ended !== null)
  await healing.when('the hold has ended')

  const frozen = await endOf(reached.freeze)
  endsAs(outcome.freeze, frozen, 'freeze')
  await healing.when('the freeze has ended')
  const thawBegan = now()
  const thawed = await endOf(injected ?? reached.thaw ?? lab.start('post-thaw-script', ['thaw']))
  endsAs(outcome.thaw, thawed, 'thaw')
  await healing.when('the thaw has ended')
  await reached.goOn()

  await until('a fresh connection writes', () => place.writer.canWrite(), { within: longestAfter(wanted) })
  await until('nobody is left', async () => (await lab.processes()).length === 0)
  await fault.check?.(place)
  const commits = await judge.take()
  assert.deepEqual(strangeEnds([frozen, thawed].filter(({ exitCode }) => exitCode !== 134)), [])
  const thaws = [{ began: (reached.thaw ?? injected) ? began : thawBegan, end: thawed, copy: undefined }]
  assert.deepEqual(falseVerdicts({ freezes: [{ began, end: frozen }], thaws, commits }), [])
}

/** Once, at its time; or at the end, where the cell fails before. */
function healingOf({ heal }: Fault, place: Place) {
  let isHealed = heal === undefined
  const healNow = async () => {
    if (!isHealed) await heal?.how(place)
    isHealed = true
  }
  return {
    when: async (moment: NonNullable<Fault['heal']>['when']) => {
      if (heal?.when === moment) await healNow()
    },
    [Symbol.asyncDispose]: healNow,
  }
}

/** Nothing may be locked for longer after a fault, in milliseconds: hold-at-most and 2 s. */
function longestAfter({ 'hold-at-most': holdAtMost }: typeof settings): number {
  return (Number.parseInt(holdAtMost) + 2) * 1000
}

async function prepared(fault: Fault, place: Place): Promise<AsyncDisposable> {
  const what = await fault.prepare?.(place)
  return {
    async [Symbol.asyncDispose]() {
      if (what && Symbol.asyncDispose in what) await what[Symbol.asyncDispose]()
      else what?.[Symbol.dispose]()
    },
  }
}

/** A run whose freeze is to succeed has to go on for it, and so has one that is halted in the midst of a turn. */
function goesOn({
  fault,
  outcome,
  reached,
}: Pick<Cell, 'fault' | 'outcome'> & { readonly reached: Reached }): boolean {
  return reached.isDeaf || fault.goesOn === true || outcome.freeze.includes('frozen')
}

async function endOf(script: Script): Promise<Ended> {
  return { ...(await script.ended), at: now() }
}

function endsAs(wanted: readonly End[], seen: Ended, what: string): void {
  const told = `${what}: ${seen.exitCode ?? seen.signal}: ${seen.stdout}, not ${wanted.join(' or ')}`
  assert.ok(
    wanted.some((end) => isEnd(end, seen)),
    told,
  )
}
