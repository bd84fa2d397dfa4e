import { spawn } from 'node:child_process'
import { once } from 'node:events'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noMounts } from '../scripts.ts'

/** Set where this process, and so what it starts, has a mount table of its own. */
const mark = 'QUIESCE_OWN_MOUNTS'

/**
 * Runs this process a second time in a mount namespace of its own and ends as that ends: what is mounted there is
 * seen by nobody else, and gone with the last process in it. Returns `undefined` in the second process, and why it
 * cannot be where this one goes on alone. Under node --test, call it before any test is defined.
 */
export async function enterOwnMounts(): Promise<string | undefined> {
  if (hasOwnMounts()) return undefined
  const reason = noMounts()
  return reason === false ? await runAgain() : reason
}

/** Whether this process is the second one. */
export function hasOwnMounts(): boolean {
  return process.env[mark] !== undefined
}

/** Defines the tests of a file where they have mounts of their own; elsewhere one that is skipped with the reason, and fails in CI. */
export async function withOwnMounts(title: string, define: () => void): Promise<void> {
  const reason = await enterOwnMounts()
  if (reason === undefined) return define()
  test(title, { skip: process.env['CI'] ? false : reason }, () => assert.fail(reason))
}

/** The same streams and words. It ends with us, and is told of the signals that only we hear. */
async function runAgain(): Promise<never> {
  const words = ['--pdeathsig', 'TERM', '--', 'unshare', '--mount', process.execPath, ...process.execArgv]
  const env = { ...process.env, [mark]: 'yes' }
  const child = spawn('setpriv', [...words, ...process.argv.slice(1)], { stdio: 'inherit', env })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  // a Ctrl-C is for both of us
  process.on('SIGINT', () => {})
  const [code, signal]: unknown[] = await once(child, 'exit')
  if (signal !== null) process.exit(1)
  process.exit(Number(code))
}
