import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from './stage.ts'

/** How long a moment is waited for, and how often it is looked for, in milliseconds. */
const [within, every] = [1200, 3]

const moments = {
  'at once': async () => true,
  'it is asked': async ({ lab }: Stage) => (await lab.files()).includes('waitforlock'),
  'locktables has begun': async ({ lab }: Stage) => (await lab.hold()) !== null,
  'the lock is waited for': async ({ lab }: Stage) => (await lab.hold())?.doing.startsWith('waiting for'),
  'it is frozen': async ({ lab }: Stage) => isHeld(await lab.hold()),
  'the freeze has ended': async ({ freezes }: Stage) => freezes.at(-1)?.end !== undefined,
  'a thaw has begun': async ({ thaws }: Stage) => thaws.some(({ end }) => end === undefined),
  'it is let go': async ({ lab }: Stage) =>
    (await lab.hold()) !== null && !(await lab.files()).includes('waitforsnapshot'),
  'the hold has ended': async ({ lab }: Stage) => (await lab.hold())?.ended != null,
} as const

export type MomentName = keyof typeof moments

export const momentNames = Object.keys(moments).filter((name): name is MomentName =>
  Object.hasOwn(moments, name),
)

/** Resolves to whether it has come. */
export async function momentComes(name: MomentName, stage: Stage): Promise<boolean> {
  const deadline = performance.now() + within
  while (!(await moments[name](stage))) {
    if (performance.now() > deadline) return false
    await sleep(every)
  }
  return true
}

function isHeld(hold: Awaited<ReturnType<Stage['lab']['hold']>>): boolean {
  return hold !== null && hold.frozen !== null && hold.ended === null
}
