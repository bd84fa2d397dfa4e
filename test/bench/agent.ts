import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { now } from './monotonic.ts'
import type { Call } from './subject.ts'

export interface AgentCall {
  readonly file: string
  readonly word: 'freeze' | 'thaw'
  /** All of it: an agent hands on next to nothing. */
  readonly env: Readonly<Record<string, string>>
}

export interface Called extends Call {
  /** When the first of its output arrived. */
  readonly said: number
  /** Also the session that everything it starts is in, unless it leaves. */
  readonly pid: number
  /** What it printed on stdout. */
  readonly line: string
}

/**
 * A small process that stands ready, and becomes the script when it is told to: an agent is a small process too,
 * while to fork this one, with all of Node in it, takes milliseconds that no agent takes.
 */
const standReady = 'echo ready >&3; exec 3>&-; read -r go; exec "$0" "$@" </dev/null'

/** Calls a script as an agent in the guest does. Throws where the agent would have seen a failure, or a Veeam job stderr. */
export async function callAsAgent({ file, word, env }: AgentCall): Promise<Called> {
  const child = spawn('/bin/sh', ['-c', standReady, file, word], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  await once(child.stdio[3]!, 'data')
  const outputs = Promise.all([text(child.stdout), text(child.stderr)])
  const begin = now()
  child.stdin.end('go\n')
  let said = Number.NaN
  child.stdout.once('data', () => (said = now()))
  let end = Number.NaN
  child.once('exit', () => (end = now()))
  const [exitCode, signal]: unknown[] = await once(child, 'close')
  const [line, stderr] = await outputs
  if (exitCode === 0 && stderr === '') return { pid: child.pid!, begin, said, end, line: line.trimEnd() }
  throw new Error(`${file} ${word} ended with ${String(signal ?? exitCode)}: ${line}${stderr}`)
}
