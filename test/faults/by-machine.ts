import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { interfere } from '../support/interfere.ts'
import { nodeOf } from '../support/moments.ts'
import { bringToAStand } from '../support/processes.ts'
import { until } from '../support/until.ts'
import type { Fault, Place } from './fault.ts'

const day = 24 * 60 * 60 * 1000

export const byMachine = {
  'the state directory is removed': {
    inject: ({ lab }) => moveAway(lab.stateDir),
    check: ({ lab }) => rm(away(lab.stateDir), { recursive: true }),
  },
  'the state directory is replaced': {
    async inject({ lab }) {
      await moveAway(lab.stateDir)
      await mkdir(lab.stateDir, { mode: 0o700 })
    },
    check: ({ lab }) => rm(away(lab.stateDir), { recursive: true }),
  },
  'the clock is set back': clockIsSet(-day),
  'the clock is set forward': clockIsSet(day),
  'locktables dies and its pid is used again': {
    async inject({ lab }) {
      const pid = (await nodeOf(lab, 'locktables'))!
      // It writes hold.json no more, and nobody has missed it yet: who does so at once removes what is written later.
      await bringToAStand(pid)
      await useAgain(lab.stateDir, pid)
      process.kill(pid, 'SIGKILL')
    },
  },
  'a reboot that leaves the files': {
    async inject(place) {
      for (const { pid } of await place.lab.processes()) process.kill(pid, 'SIGKILL')
      place.server.kill()
      await until('all are gone', async () => (await place.lab.processes()).length === 0)
      await place.restart()
    },
  },
} as const satisfies Record<string, Fault>

/** At once, whatever somebody is making in it. */
async function moveAway(folder: string): Promise<void> {
  await rename(folder, away(folder))
}

function away(folder: string): string {
  return `${folder}-away`
}

/** For every script: what they call today, not what they measure with. */
function clockIsSet(by: number): Fault {
  const clock = ({ lab }: Place) => interfere(lab, { how: 'clock', script: 'locktables' })
  return {
    prepare: clock,
    inject: async (place) => writeFile(clock(place).file, String(by)),
  }
}

/** To whoever reads hold.json: a process with that pid runs, which began at another time. */
async function useAgain(stateDir: string, pid: number): Promise<void> {
  const file = join(stateDir, 'hold.json')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text !== null) await writeFile(file, text.replaceAll(`"pid": ${pid}`, `"pid": ${process.pid}`))
}
