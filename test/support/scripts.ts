import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'

export type ScriptName = 'pre-freeze-script' | 'post-thaw-script' | 'locktables'

/** How a script ended, and all it said. */
export interface Result {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Script {
  /** Of the sh that waits for Node, or of Node itself where the launcher makes way for it. */
  readonly pid: number
  /** Resolves when it has ended and nobody is left who could still write to its stdout or stderr. */
  readonly ended: Promise<Result>
  kill(signal: NodeJS.Signals): void
}

export interface Way {
  readonly env: Readonly<Record<string, string>>
  /** `nobody`: its stdout is closed before it starts. */
  readonly reader?: 'us' | 'nobody'
  /** `bound`: even root is bound by the modes of files, as it is without the capabilities to override them. */
  readonly modes?: 'overridden' | 'bound'
  /** Shell commands that mount what it, and what it starts, is to see; nobody else does. Needs root. */
  readonly mounts?: string
}

/** The shipped file, of the bundle that MYSQL_QUIESCE_BUNDLE names, or of dist-scripts. */
export function shipped(name: ScriptName): string {
  const bundle = process.env['MYSQL_QUIESCE_BUNDLE'] ?? resolve(import.meta.dirname, '../../dist-scripts')
  return resolve(bundle, name)
}

/**
 * Starts a program as an agent does: an environment with nothing in it but what is given, no PATH that leads anywhere, the root
 * as the current folder, and nothing to read on stdin.
 */
export function start(file: string, args: readonly string[], { env, ...way }: Way): Script {
  const [program, ...words] = wrapped([file, ...args], way)
  const child = spawn(program, words, {
    cwd: '/',
    env: { PATH: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { pid: child.pid ?? 0, ended: endOf(child), kill: (signal) => void child.kill(signal) }
}

/** Each wrapper execs what it wraps, so the pid stays the script's own. */
function wrapped(
  command: [string, ...string[]],
  { reader, mounts, modes }: Omit<Way, 'env'>,
): [string, ...string[]] {
  if (reader === 'nobody') return ['/bin/sh', '-c', 'exec "$0" "$@" >&-', ...command]
  if (modes === 'bound' && process.geteuid?.() === 0)
    return ['/usr/bin/setpriv', '--bounding-set=-dac_override,-dac_read_search', ...command]
  if (mounts === undefined) return command
  const setUp = `set -e; OLD=$PATH; PATH=/usr/bin:/bin:/usr/sbin:/sbin; ${mounts}; PATH=$OLD; exec "$0" "$@"`
  return ['/usr/bin/unshare', '--mount', '/bin/sh', '-c', setUp, ...command]
}

/** Why a private mount namespace cannot be had here, for `skip`; false where it can. */
export function noMounts(): string | false {
  if (process.getuid?.() !== 0) return 'only root may mount'
  const { status } = spawnSync('/usr/bin/unshare', ['--mount', '/bin/sh', '-c', 'mount -t tmpfs none /mnt'])
  return status === 0 ? false : 'no private mount namespace here'
}

async function endOf(child: ChildProcess): Promise<Result> {
  const closed = new Promise<Pick<Result, 'exitCode' | 'signal'>>((done, failed) => {
    child.once('error', failed)
    child.once('close', (exitCode, signal) => done({ exitCode, signal }))
  })
  const [stdout, stderr, end] = await Promise.all([text(child.stdout!), text(child.stderr!), closed])
  return { ...end, stdout, stderr }
}
