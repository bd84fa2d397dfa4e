import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { now } from '../bench/monotonic.ts'

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
export async function startJudge(socket: string): Promise<Judge> {
  const child = fork(fileURLToPath(new URL('judge-process.ts', import.meta.url)), [socket], {
    detached: true,
  })
  let commits: Commit[] = []
  const onCommit = (message: object) => {
    if ('n' in message) commits.push(message as Commit)
  }
  child.on('message', onCommit)
  await once(child, 'message')
  return {
    async take() {
      const answer = new Promise<{ waitsSince: number }>((resolve) => {
        child.on('message', function hear(message: object) {
          if (!('waitsSince' in message)) return
          child.off('message', hear)
          resolve(message as { waitsSince: number })
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
