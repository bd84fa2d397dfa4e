import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { now } from '../bench/monotonic.ts'
import type { NumberedTable } from './tables.ts'

/** A row of the writer, in milliseconds of the machine's clock. */
export interface Commit {
  readonly n: number
  readonly sentAt: number
  readonly doneAt: number
}

/** A process of its own that knows nothing of freeze and thaw. */
export interface Judge extends AsyncDisposable {
  /** Its commits since the last time; a row that waits even now is the last of them, done now. */
  take(): Promise<readonly Commit[]>
}

/** Resolves with its first commit. */
export async function startJudge(
  socket: string,
  tables: readonly NumberedTable[] = ['numbered'],
): Promise<Judge> {
  const program = fileURLToPath(new URL('judge-process.ts', import.meta.url))
  const child = fork(program, [socket, ...tables], { detached: true })
  let commits: Commit[] = []
  child.on('message', (message) => {
    if (isCommit(message)) commits.push(message)
  })
  await once(child, 'message')
  return {
    async take() {
      const answer = new Promise<Waiting>((resolve) => {
        child.on('message', function hear(message) {
          if (!isWaiting(message)) return
          child.off('message', hear)
          resolve(message)
        })
      })
      child.send('tell')
      const { waitsSince } = await answer
      const taken = [...commits, { n: Infinity, sentAt: waitsSince, doneAt: now() }]
      commits = []
      return taken
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

/** What the process answers: since when it waits for the row that it writes now. */
interface Waiting {
  readonly waitsSince: number
}

function isWaiting(message: unknown): message is Waiting {
  return typeof message === 'object' && message !== null && 'waitsSince' in message
}

function isCommit(message: unknown): message is Commit {
  return typeof message === 'object' && message !== null && 'n' in message
}
