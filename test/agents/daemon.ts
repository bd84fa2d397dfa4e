import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import assert from 'node:assert/strict'

export interface DaemonRequest {
  readonly command: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string>>
  /** Where its stdout and stderr go, and those of the scripts that inherit them. */
  readonly output: string
}

/** A process as systemd starts a service: nothing to read, in `/`, in a session of its own. Disposed of, it is killed. */
export interface Daemon extends AsyncDisposable {
  readonly pid: number
  isRunning(): boolean
  /** Resolves when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>
}

export async function startDaemon({ command, env, output }: DaemonRequest): Promise<Daemon> {
  const [program, ...args] = command
  const file = await open(output, 'a')
  const child = spawn(program, args, { cwd: '/', env, detached: true, stdio: ['ignore', file.fd, file.fd] })
  await once(child, 'spawn')
  await file.close()
  assert.ok(child.pid)
  let isRunning = true
  const ended = once(child, 'exit').then(() => (isRunning = false))
  return { pid: child.pid, isRunning: () => isRunning, kill, [Symbol.asyncDispose]: () => kill('SIGKILL') }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    child.kill(signal)
    await ended
  }
}
