import { Worker } from 'node:worker_threads'
import { type Board, calm, kept, monotonic } from './board.ts'
import { type Probe, probeForEver, type Probing } from './prober.ts'

/**
 * Milliseconds. Real agents freeze for 3 ms and more, to which comes what FIFREEZE itself takes: so of a freeze that is as short at least
 * one round falls into it. An undisturbed probe takes a few thousandths of one.
 */
const times = { period: 2.5, calmPeriod: 50, least: 0.08 }

/** As many threads as file systems, so that one is free as long as one is not frozen. Resolves when all probe. */
export async function startProbing(
  probes: readonly Probe[],
  { board, failed }: { readonly board: Board; readonly failed: () => void },
): Promise<void> {
  const order: Probing = { board, probes, origin: monotonic(), calm, kept, ...times }
  await Promise.all(probes.map(() => startThread(order, failed)))
}

/** Compilers of development tell functions their names by `__name`. */
const program = `
  const __name = (f) => f
  const { parentPort, workerData } = require('node:worker_threads')
  const probeForEver = ${String(probeForEver)}
  probeForEver(require('node:fs'), workerData, () => parentPort.postMessage('begun'))
`

function startThread(order: Probing, failed: () => void): Promise<void> {
  return new Promise((resolve) => {
    const thread = new Worker(program, {
      eval: true,
      execArgv: [],
      workerData: order,
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
    })
    thread.once('message', () => resolve())
    thread.once('error', failed)
  })
}
