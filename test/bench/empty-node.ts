import { spawn } from 'node:child_process'
import { peakMemory } from './processes.ts'

/** Long enough to be looked at after it has started, and short. */
const emptyProgram = 'setTimeout(() => {}, 200)'

/** The largest resident set of a process of this Node.js that does nothing, in bytes: what no program of it can be below. */
export async function emptyNodeMemory(node: string): Promise<number> {
  const child = spawn(node, ['-e', emptyProgram], { stdio: 'ignore' })
  if (child.pid === undefined) throw new Error(`${node} cannot be started`)
  return await peakMemory([child.pid])
}
