import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '../../src/adapters/proc.ts'
import { type Hold, parseHold } from '../../src/core/hold.ts'
import type { Step } from '../../src/core/step.ts'
import { type Result, type Script, shipped, start } from '../support/scripts.ts'
import { until } from '../support/until.ts'
import type { Place } from './place.ts'

/** The guest agent of a hypervisor, as far as the shipped scripts can tell. When it is disposed of, nothing is locked. */
export interface Agent extends AsyncDisposable {
  /** Throws where pre-freeze-script fails; it has undone everything by then. */
  freeze(stop: AbortSignal): Promise<Frozen>
  /** Whatever post-thaw-script says: what it means is up to the checks. */
  thaw(): Promise<Result>
}

/** What pre-freeze-script said, and what locktables had done by then. */
type Frozen = Result & { readonly steps: readonly Step[] }

export function agentIn({ stateDir, config }: Place): Agent {
  const env = { MYSQL_QUIESCE_STATE_DIR: stateDir, MYSQL_QUIESCE_CONFIG: config }
  const holds: Hold[] = []
  const thaw = (word: 'thaw' | 'freezeFail') => start(shipped('post-thaw-script'), [word], { env }).ended
  return {
    async freeze(stop) {
      const result = await unlessStopped(start(shipped('pre-freeze-script'), ['freeze'], { env }), stop)
      const hold = parseHold(await readFile(join(stateDir, 'hold.json'), 'utf8').catch(() => ''))
      if (hold) holds.push(hold)
      stop.throwIfAborted()
      if (result.exitCode === 0) return { ...result, steps: hold?.frozen?.steps ?? [] }
      throw new Error(`pre-freeze-script failed: ${said(result)}`)
    },
    thaw: () => thaw('thaw'),
    async [Symbol.asyncDispose]() {
      await thaw('freezeFail')
      for (const { locker } of holds)
        await until(`locktables (pid ${locker.pid}) has ended`, () => !isAlive(locker) || null)
    },
  }
}

/** Its one line for people, and whatever else it said. */
export function said({ stdout, stderr, exitCode, signal }: Result): string {
  return [stdout, stderr].join('').trim() || `nothing, and ended with ${signal ?? `exit code ${exitCode}`}`
}

async function unlessStopped(script: Script, stop: AbortSignal): Promise<Result> {
  const end = () => script.kill('SIGTERM')
  stop.addEventListener('abort', end)
  try {
    return await script.ended
  } finally {
    stop.removeEventListener('abort', end)
  }
}
