import { createInterface } from 'node:readline'
import { execa } from 'execa'

const script = 'exec 9>"$1" || exit; flock -n 9 || { echo waiting; flock 9; } || exit; echo locked; cat'

/**
 * Waits for the lock on a file. It is held by a process that ends with its stdin, so it is let go of
 * as soon as we are gone, however we end.
 */
export async function lock(file: string, onWait: () => void): Promise<AsyncDisposable> {
  const holder = execa('sh', ['-c', script, 'sh', file], {
    detached: true,
    reject: false,
    buffer: { stdout: false },
  })
  for await (const line of createInterface({ input: holder.stdout })) {
    if (line === 'waiting') onWait()
    if (line === 'locked') return { [Symbol.asyncDispose]: release }
  }
  const { stderr } = await holder
  throw new Error(`cannot lock ${file} (flock is in package util-linux): ${stderr}`)

  async function release() {
    holder.stdin.end()
    await holder
  }
}
