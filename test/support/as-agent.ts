import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'

/** The shells that this machine has. `#!` runs the file itself. */
export const shells: readonly string[] = [
  '#!',
  ...['/bin/dash', '/bin/bash', '/bin/busybox', '/usr/bin/mksh'].filter((shell) => existsSync(shell)),
]

export interface RunOptions {
  readonly shell?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Descriptors that are closed from the beginning. */
  readonly closed?: readonly (0 | 1 | 2)[]
  readonly stdin?: string
}

export interface Ended {
  /** Exit code, or the signal that it died of. */
  readonly ended: number | NodeJS.Signals
  readonly stdout: string
  readonly stderr: string
  readonly pid: number | undefined
}

/** Starts the file as an agent does: no PATH to speak of, nothing else in the environment, in `/`. */
export function start(file: string, args: readonly string[], options: RunOptions = {}): ChildProcess {
  const { shell = '#!', env = {}, cwd = '/', closed = [] } = options
  const closing = closed.map((descriptor) => ` ${descriptor}<&-`).join('')
  const command = ['/bin/sh', '-c', `exec "$@"${closing}`, 'sh', ...through(shell), file, ...args]
  const [first = '', ...rest] = closing === '' ? command.slice(4) : command
  return spawn(first, rest, { cwd, env: { PATH: '/nonexistent', ...env } })
}

/** The words that come before a file that this shell is to run. */
export function through(shell: string): readonly string[] {
  if (shell === '#!') return []
  return shell.endsWith('busybox') ? [shell, 'ash'] : [shell]
}

/** Starts the file and waits for its end. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = start(file, args, options)
  child.stdin?.on('error', () => {}).end(options.stdin)
  return endOf(child)
}

/** Waits until the process and whoever else writes into its output have ended. */
export function endOf(child: ChildProcess): Promise<Ended> {
  const stdout = collected(child.stdout)
  const stderr = collected(child.stderr)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ ended: code ?? signal!, stdout: stdout(), stderr: stderr(), pid: child.pid })
    })
  })
}

/** Resolves when the process has said it; rejects when the signal comes first, that of a test that takes too long. */
export async function said(child: ChildProcess, words: string, timedOut?: AbortSignal): Promise<void> {
  for (let heard = ''; !heard.includes(words);) {
    heard += String((await once(child.stdout!, 'data', timedOut ? { signal: timedOut } : {}))[0])
  }
}

function collected(stream: ChildProcess['stdout']): () => string {
  const chunks: string[] = []
  stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
  return () => chunks.join('')
}
