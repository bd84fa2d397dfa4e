import { existsSync, rmSync, writeFileSync } from 'node:fs'
import type { Scene } from '../support/guest.ts'
import { interfere } from '../support/interfere.ts'
import type { Lab } from '../support/lab.ts'
import { inTheWay } from '../support/moments.ts'
import type { Script } from '../support/scripts.ts'
import { until } from '../support/until.ts'

/** The phases of a run in their order, and what keeps one from being over until it is let. */
export const phases = {
  asking: 'the lock files are there, locktables has not run its first line',
  'quiet wait': 'a statement older than quiet-query runs, the lock is not asked for',
  'FTWRL pending': 'FLUSH TABLES WITH READ LOCK waits behind LOCK TABLES ... WRITE',
  flushing: 'locked; the flush of the engine logs is not sent',
  recording: 'locked and flushed; the record is written, and not on disk',
  'handing over': 'locked and recorded; pre-freeze-script has decided on "frozen", and not said it',
  frozen: 'pre-freeze-script has ended with 0',
  thawing: 'let go; the checks are done, and UNLOCK TABLES is not sent',
  done: 'post-thaw-script has given its verdict',
} as const

export type Phase = keyof typeof phases

export const phaseNames = Object.keys(phases).filter((name): name is Phase => Object.hasOwn(phases, name))

/** A run that has come as far as the phase says. */
export interface Reached extends AsyncDisposable {
  readonly freeze: Script
  /** There from `thawing` on. */
  readonly thaw?: Script
  /** Lets the run go on. */
  readonly goOn: () => Promise<void>
  /** Whoever is halted hears nothing: what is done to him is seen once he goes on. */
  readonly isDeaf: boolean
}

/** Brings a run as far as this phase, and keeps it there. */
export async function reach(phase: Phase, scene: Scene): Promise<Reached> {
  const { lab, writer } = scene
  switch (phase) {
    case 'asking':
      return await haltedAt('begin', 'locktables', lab)
    case 'quiet wait':
      await lab.settle({ 'quiet-query': '0s' })
      return await behind(await writer.occupies('DO SLEEP(1000)'), scene, isWaiting)
    case 'FTWRL pending':
      return await behind(await inTheWay(writer), scene, isPending)
    case 'flushing':
      return await haltedAt('flush', 'locktables', lab)
    case 'recording':
      return await haltedAt('record', 'locktables', lab)
    case 'handing over':
      return await haltedAt('hand over', 'pre-freeze-script', lab)
    case 'frozen':
      return await over(lab.start('pre-freeze-script', ['freeze']))
    case 'thawing':
      return await thawing(lab)
    case 'done':
      return await done(lab)
  }
}

type Point = 'begin' | 'flush' | 'record' | 'hand over' | 'unlock'

/** Has it halt there from now on, until it is let. */
function halt(lab: Lab, point: Point, script: 'locktables' | 'pre-freeze-script') {
  const { file, [Symbol.dispose]: dispose } = interfere(lab, { how: 'halt', script })
  const here = `${file}-${point}`
  return {
    set: () => writeFileSync(here, ''),
    isReached: () => existsSync(`${here}.reached`),
    async [Symbol.asyncDispose]() {
      rmSync(here, { force: true })
      dispose()
    },
  }
}

async function haltedAt(
  point: Point,
  script: 'locktables' | 'pre-freeze-script',
  lab: Lab,
): Promise<Reached> {
  const halted = halt(lab, point, script)
  halted.set()
  return await comesTo(halted.isReached, lab, {
    cause: halted,
    isDeaf: point !== 'flush' && point !== 'record',
  })
}

async function behind(
  cause: AsyncDisposable,
  scene: Scene,
  isThere: (scene: Scene) => Promise<boolean>,
): Promise<Reached> {
  return await comesTo(() => isThere(scene), scene.lab, { cause, isDeaf: false })
}

/** A freeze that ends before says why. */
async function comesTo(
  isThere: () => boolean | Promise<boolean>,
  lab: Lab,
  { cause, isDeaf }: { readonly cause: AsyncDisposable; readonly isDeaf: boolean },
): Promise<Reached> {
  const freeze = lab.start('pre-freeze-script', ['freeze'])
  let end: string | undefined
  void freeze.ended.then(({ stdout }) => (end = stdout))
  const come = async () => {
    if (end !== undefined) throw new Error(`the freeze has ended before: ${end}`)
    return await isThere()
  }
  try {
    await until('the phase has come', come)
  } catch (error) {
    await cause[Symbol.asyncDispose]()
    throw error
  }
  return reached({ freeze }, cause, isDeaf)
}

async function isWaiting({ lab }: Scene): Promise<boolean> {
  return (await lab.hold())?.doing.startsWith('waiting for a quiet moment') ?? false
}

async function isPending({ writer }: Scene): Promise<boolean> {
  return (await writer.sessionsOf('quiesce')).some(({ text }) => text === 'FLUSH TABLES WITH READ LOCK')
}

async function over(freeze: Script): Promise<Reached> {
  await freeze.ended
  return reached({ freeze }, { [Symbol.asyncDispose]: async () => {} }, false)
}

async function thawing(lab: Lab): Promise<Reached> {
  const halted = halt(lab, 'unlock', 'locktables')
  const { freeze } = await over(lab.start('pre-freeze-script', ['freeze']))
  halted.set()
  const thaw = lab.start('post-thaw-script', ['thaw'])
  await until('it is about to unlock', halted.isReached)
  // What it says is in the state directory first.
  const isCalled = async () => (await lab.said()).includes('post-thaw-script was called')
  await until('post-thaw-script waits', isCalled)
  return reached({ freeze, thaw }, halted, true)
}

async function done(lab: Lab): Promise<Reached> {
  const {
    freeze,
    goOn,
    isDeaf,
    [Symbol.asyncDispose]: end,
  } = await over(lab.start('pre-freeze-script', ['freeze']))
  const thaw = lab.start('post-thaw-script', ['thaw'])
  await thaw.ended
  return { freeze, thaw, goOn, isDeaf, [Symbol.asyncDispose]: end }
}

function reached(
  scripts: { readonly freeze: Script; readonly thaw?: Script },
  cause: AsyncDisposable,
  isDeaf: boolean,
): Reached {
  let isOver = false
  const goOn = async () => {
    if (!isOver) await cause[Symbol.asyncDispose]()
    isOver = true
  }
  return { ...scripts, isDeaf, goOn, [Symbol.asyncDispose]: goOn }
}
