import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A process that has started and only waits for a word, so that its start is nobody's stall. */
export interface Standing extends AsyncDisposable {
  /** Gives the word, and resolves when the program has ended. Throws where it failed. */
  go(): Promise<void>
}

/** It becomes the program when it is told to; where nobody is left to tell it, it ends. */
const waitForTheWord = 'echo ready && read -r go && exec "$0" "$@" </dev/null >&2'

/** Resolves when it stands ready. */
export async function standReady(program: string, args: readonly string[]): Promise<Standing> {
  const child = spawn('/bin/sh', ['-c', waitForTheWord, program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  return {
    async go() {
      child.stdin.write('go\n')
      const [exitCode, signal]: unknown[] = await ended
      if (exitCode !== 0)
        throw new Error(`${program} ${args.join(' ')} ended with ${String(signal ?? exitCode)}`)
    },
    async [Symbol.asyncDispose]() {
      child.stdin.destroy()
      await ended
    },
  }
}
