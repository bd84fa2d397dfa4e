import { Worker } from 'node:worker_threads'
import { type Board, calm, kept } from './board.ts'
import { type Probe, probeForEver, type Probing } from './prober.ts'

/**
 * Milliseconds. Real agents freeze for 3 ms and more, to which comes what FIFREEZE itself takes: so into a freeze that is as short at least
 * one probe falls, and sleeps there for longer than `least`. An undisturbed probe takes a few thousandths of one.
 */
const times = { period: 2, calmPeriod: 50, least: 0.1 }

/**
 * A thread for each file system: agents freeze them one after the other, so one thread that waits in the first would see nothing of the
 * others. Resolves when all probe, to their thread ids (gettid(2)).
 */
export async function startProbing(
  probes: readonly Probe[],
  { board, failed }: { readonly board: Board; readonly failed: () => void },
): Promise<readonly number[]> {
  return await Promise.all(
    probes.map((probe, disk) => startThread({ board, probe, disk, calm, kept, ...times }, failed)),
  )
}

/** Compilers of development tell functions their names by `__name`. */
const program = `
  const __name = (f) => f
  const { parentPort, workerData } = require('node:worker_threads')
  const probeForEver = ${String(probeForEver)}
  probeForEver(require('node:fs'), workerData, (thread) => parentPort.postMessage(thread))
`

function startThread(order: Probing, failed: () => void): Promise<number> {
  return new Promise((resolve) => {
    const thread = new Worker(program, {
      eval: true,
      execArgv: [],
      workerData: order,
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
    })
    thread.once('message', resolve)
    thread.once('error', failed)
  })
}
