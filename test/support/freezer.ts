import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Freezes file systems as agents do, by FIFREEZE, without a process for each time. */
export interface Freezer extends Disposable {
  /** Freezes all for as many milliseconds; resolves when they are thawed. */
  freeze(milliseconds: number): Promise<void>
}

/** Of places that the caller has mounted, and nobody else uses. */
export function freezerOf(places: readonly string[]): Freezer {
  const program = fileURLToPath(new URL('freezer.pl', import.meta.url))
  const child = spawn('perl', [program, ...places], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async freeze(milliseconds) {
      child.stdin.write(`${milliseconds}\n`)
      const { value } = await lines.next()
      if (Number(value) !== places.length) throw new Error(`not all were frozen: ${value}`)
    },
    [Symbol.dispose]: () => void child.stdin.end(),
  }
}
