import { readFileSync, readlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { callAsAgent } from './agent.ts'
import { watchLockFiles } from './lock-files.ts'
import { type Part, pathOf } from './path.ts'
import type { Place } from './place.ts'
import { lastRun } from './run-line.ts'
import type { Subject } from './subject.ts'
import type { Take } from './take.ts'

export interface Ours extends Subject {
  /** The Node.js of its processes, once a locker was looked for. */
  node(): string
  /** Looks on from outside, from before the freeze to after the thaw. */
  lookOn(): Disposable & { pathOf(take: Take): readonly Part[] }
}

/** The executables of a bundle, called as an agent does. */
export function ours({
  bundle,
  place,
  config = place.config,
}: {
  readonly bundle: string
  readonly place: Place
  readonly config?: string
}): Ours {
  const state = place.states.ours
  const env = { PATH: '/usr/bin:/bin', MYSQL_QUIESCE_STATE_DIR: state, MYSQL_QUIESCE_CONFIG: config }
  let said = Number.NaN
  let node = process.execPath
  return {
    snapshot: 200,
    async prepare() {},
    async freeze() {
      const called = await callAsAgent({ file: file('pre-freeze-script'), word: 'freeze', env })
      said = called.said
      return called
    },
    async thaw() {
      const called = await callAsAgent({ file: file('post-thaw-script'), word: 'thaw', env })
      if (!called.line.endsWith('the snapshot is consistent'))
        throw new Error(`the thaw said: ${called.line}`)
      return called
    },
    lockers() {
      const locker = lockerIn(readFileSync(join(state, 'hold.json'), 'utf8'))
      node = readlinkSync(`/proc/${locker}/exe`)
      return [locker]
    },
    node: () => node,
    lookOn() {
      const watching = watchLockFiles(state)
      return {
        pathOf(take) {
          const { steps } = lastRun(readFileSync(place.logFile, 'utf8'))
          return pathOf({ take, said, marks: watching.marks(), steps })
        },
        [Symbol.dispose]: () => watching[Symbol.dispose](),
      }
    },
  }

  function file(name: string): string {
    return join(resolve(bundle), name)
  }
}

/** Any version's hold.json: executables of an older commit are measured too. */
function lockerIn(text: string): number {
  const hold: unknown = JSON.parse(text)
  if (isHeld(hold)) return hold.locker.pid
  throw new Error(`hold.json names no locker: ${text}`)
}

function isHeld(hold: unknown): hold is { readonly locker: { readonly pid: number } } {
  if (typeof hold !== 'object' || hold === null || !('locker' in hold)) return false
  const { locker } = hold
  return typeof locker === 'object' && locker !== null && 'pid' in locker && typeof locker.pid === 'number'
}
