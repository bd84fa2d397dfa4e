import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'

/** A child process that is killed, if it has not ended, when its scope does. */
export interface Child extends AsyncDisposable {
  readonly process: ChildProcess
  readonly pid: number
  /** Exit code and signal; resolves when it has ended. */
  readonly end: Promise<readonly [number | null, NodeJS.Signals | null]>
  /** What it says next. */
  said(): Promise<string>
}

export function startChild(file: string, args: readonly string[], options: SpawnOptions = {}): Child {
  const child = spawn(file, args, options)
  const end = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('exit', (code, signal) => resolve([code, signal])),
  )
  return {
    process: child,
    pid: child.pid ?? 0,
    end,
    async said() {
      if (!child.stdout) throw new Error(`${file} has no stdout`)
      const [text]: unknown[] = await once(child.stdout, 'data')
      return String(text).trim()
    },
    async [Symbol.asyncDispose]() {
      if (child.pid === undefined) return
      child.kill('SIGKILL')
      await end
    },
  }
}

/** A Node that runs this JavaScript. */
export function startNode(script: string, args: readonly string[] = [], options: SpawnOptions = {}): Child {
  return startChild(process.execPath, ['-e', script, ...args], options)
}
