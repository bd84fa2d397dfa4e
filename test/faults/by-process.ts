import { nodeOf } from '../support/moments.ts'
import { interfere } from '../support/interfere.ts'
import { bringToAStand, parentOf, stateOf } from '../support/processes.ts'
import type { ScriptName } from '../support/scripts.ts'
import { until } from '../support/until.ts'
import type { Fault, Place } from './fault.ts'

export const byProcess = {
  'SIGKILL of pre-freeze-script': signal('SIGKILL', 'pre-freeze-script'),
  'SIGTERM of pre-freeze-script': signal('SIGTERM', 'pre-freeze-script'),
  'SIGSTOP of pre-freeze-script': stop('pre-freeze-script'),
  'out of memory in pre-freeze-script': outOfMemory('pre-freeze-script'),
  'SIGKILL of the launcher of pre-freeze-script': signalLauncher('SIGKILL', 'pre-freeze-script'),
  'SIGTERM of the launcher of pre-freeze-script': signalLauncher('SIGTERM', 'pre-freeze-script'),
  'SIGKILL of locktables': signal('SIGKILL', 'locktables'),
  'SIGTERM of locktables': {
    async inject(place, reached, phase) {
      await signal('SIGTERM', 'locktables').inject(place, reached, phase)
      // The thaw must not let go before the signal is heard.
      if (phase === 'frozen') await place.lab.holdWhen('it has ended', ({ ended }) => ended !== null)
    },
  },
  // Nobody lets it go on: who waits for it ends it.
  'SIGSTOP of locktables': {
    ...signal('SIGSTOP', 'locktables'),
    settings: { 'freeze-within': '3s', 'lock-wait': '2s', 'thaw-within': '1s' },
  },
  'out of memory in locktables': outOfMemory('locktables'),
  'SIGKILL of post-thaw-script': signal('SIGKILL', 'post-thaw-script'),
  'SIGTERM of post-thaw-script': signal('SIGTERM', 'post-thaw-script'),
  'SIGSTOP of post-thaw-script': stop('post-thaw-script'),
  'out of memory in post-thaw-script': outOfMemory('post-thaw-script'),
  'SIGKILL of the launcher of post-thaw-script': signalLauncher('SIGKILL', 'post-thaw-script'),
} as const satisfies Record<string, Fault>

function signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP', script: ScriptName): Fault {
  return {
    async inject({ lab }) {
      process.kill((await nodeOf(lab, script))!, name)
    },
  }
}

/** Until its hold has ended without it. */
function stop(script: ScriptName): Fault {
  let pid: number
  return {
    settings: { 'hold-at-most': '2s' },
    async inject({ lab }) {
      pid = (await nodeOf(lab, script))!
      await bringToAStand(pid)
    },
    goesOn: true,
    heal: { when: 'the hold has ended', how: async () => void process.kill(pid, 'SIGCONT') },
  }
}

function signalLauncher(name: 'SIGKILL' | 'SIGTERM', script: ScriptName): Fault {
  return {
    async inject(place) {
      process.kill(await launcherOf(place, script), name)
    },
  }
}

async function launcherOf({ lab }: Place, script: ScriptName): Promise<number> {
  const parent = await parentOf((await nodeOf(lab, script))!)
  const launcher = (await lab.processes()).find(({ pid }) => pid === parent)
  if (launcher === undefined) throw new Error(`${script} has no launcher of its own`)
  return launcher.pid
}

function outOfMemory(script: ScriptName): Fault {
  return {
    prepare: ({ lab }) => interfere(lab, { how: 'out-of-memory', script }),
    async inject({ lab }) {
      const pid = (await nodeOf(lab, script))!
      interfere(lab, { how: 'out-of-memory', script }).set()
      await until('it is dead', async () => [undefined, 'Z'].includes(await stateOf(pid)))
    },
  }
}
