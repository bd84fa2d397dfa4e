import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { insert } from './writer-table.ts'

/** The judge: a process of its own that knows nothing of freeze and thaw, and notes when each commit was done. */
export interface Writer extends AsyncDisposable {
  /** Resolves with its first commit. */
  start(): Promise<void>
  /** The times of its commits since `start`, in milliseconds of CLOCK_MONOTONIC. Waits for the commit under way. */
  stop(): Promise<readonly number[]>
}

/** Starts it, logged in as root at a socket. With a SELECT for its statement it notes when each read was done. */
export async function startWriter(socket: string, statement = insert): Promise<Writer> {
  return await started('writer-process.ts', [socket, statement])
}

/** The judge amid others who write as well: those of the demo, whose tables have to be there. */
export async function startWriterInCrowd(socket: string): Promise<Writer> {
  const crowd = await startCrowd(socket, 8)
  const judge = await startWriter(socket)
  return {
    async start() {
      await crowd.start()
      await judge.start()
    },
    async stop() {
      const commits = await judge.stop()
      await crowd.stop()
      return commits
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([judge, crowd].map((one) => one[Symbol.asyncDispose]()))
    },
  }
}

/** Those of the demo, so many at once; they note nothing. */
export async function startCrowd(socket: string, size: number): Promise<Writer> {
  return await started('crowd-process.ts', [socket, String(size)])
}

async function started(file: string, args: readonly string[]): Promise<Writer> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { detached: true })
  await answerOf(child)
  return {
    async start() {
      child.send('start')
      await answerOf(child)
    },
    async stop() {
      child.send('stop')
      const commits = await answerOf(child)
      if (!isTimes(commits)) throw new Error(`the writer sent no commits but ${String(commits)}`)
      return commits
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController()
  const onExit = () => gone.abort()
  child.once('exit', onExit)
  try {
    const [message]: unknown[] = await once(child, 'message', { signal: gone.signal })
    return message
  } catch (error) {
    throw new Error('the writer has died', { cause: error })
  } finally {
    child.off('exit', onExit)
  }
}

function isTimes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((time) => typeof time === 'number')
}
