import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { LockerProgram } from './locker-process.ts'

/** How long locktables may take for it, in milliseconds: the invoker waits. */
const restartWithin = 8000

/**
 * Runs locktables to start the SQL threads that the locker of a run has left stopped: it is the one that has the database
 * driver. Resolves to why it could not, null where it did.
 */
export function restartBy(program: LockerProgram): (run: string) => Promise<string | null> {
  return async (run) => {
    const { exitCode, said } = await outcome(program, run)
    if (exitCode === 0) return null
    return said || `the SQL threads that run ${run} has stopped could not be started`
  }
}

async function outcome({ file, args, output }: LockerProgram, run: string) {
  const descriptor = openSync(output, 'a', 0o600)
  try {
    const child = spawn(process.execPath, [file, '--restart-replica', run, ...args], {
      cwd: '/',
      stdio: ['ignore', 'pipe', descriptor],
      timeout: restartWithin,
      killSignal: 'SIGKILL',
    })
    const [said, [exitCode]] = await Promise.all([text(child.stdout!), once(child, 'exit')])
    return { exitCode: Number(exitCode ?? 1), said: said.trim() }
  } catch (error) {
    return { exitCode: 1, said: `locktables could not be started: ${String(error)}` }
  } finally {
    closeSync(descriptor)
  }
}
