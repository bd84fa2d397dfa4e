import { spawn, type ChildProcess } from 'node:child_process'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import type { Account } from './account.ts'
import { tool } from './tool.ts'

export interface LaunchRequest {
  readonly program: string
  readonly args: readonly string[]
  readonly account: Account
  /** Where what it prints goes. */
  readonly log: string
}

/** A process that runs on its own, and how it ends: `exit status 1`, `signal SIGKILL`. */
export interface Launched {
  readonly child: ChildProcess
  readonly pid: number
  readonly ended: Promise<string>
}

/**
 * Starts a program in a session of its own, so that a Ctrl-C is not for it, and has the kernel kill it when we
 * are gone, where setpriv can arrange that.
 */
export async function launch({ program, args, account, log }: LaunchRequest): Promise<Launched> {
  const { uid, gid } = account.ids
  const command = await leash(program, args)
  const output = await open(log, 'a')
  try {
    if (uid !== undefined && gid !== undefined) await output.chown(uid, gid)
    const stdio = ['ignore' as const, output.fd, output.fd]
    const env = { ...process.env, LC_ALL: 'C' }
    const child = spawn(command.program, command.args, { ...account.ids, detached: true, stdio, env })
    await once(child, 'spawn')
    assert(child.pid)
    return { child, pid: child.pid, ended: endOf(child) }
  } finally {
    await output.close()
  }
}

/** The command with its life tied to ours; as it is where there is no such setpriv. */
async function leash(
  program: string,
  args: readonly string[],
): Promise<Pick<LaunchRequest, 'program' | 'args'>> {
  const words = ['--pdeathsig', 'KILL', '--']
  return await tool('setpriv', [...words, 'true']).then(
    () => ({ program: 'setpriv', args: [...words, program, ...args] }),
    () => ({ program, args }),
  )
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (status, signal) =>
      resolve(signal === null ? `exit status ${status}` : `signal ${signal}`),
    )
  })
}
