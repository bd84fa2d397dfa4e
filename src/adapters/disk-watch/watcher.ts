import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { calm, isUndecided, kept, monotonic, newBoard, type Span, spansOf, watchEagerly } from './board.ts'
import { probeOf } from './probe-file.ts'
import { type Probe, probeForEver, type Probing } from './prober.ts'
import { standAside } from './stand-aside.ts'

/** The flag by which locktables becomes this process. */
export const watcherFlag = '--watch-disks'

/** The first line of its stdin. */
export interface WatchOrder {
  /** A folder on each file system. */
  readonly folders: readonly string[]
  /** Milliseconds after which it ends by itself. */
  readonly within: number
}

/** The first line of its stdout: for each folder why it is not watched, or null. */
export type WatchBegun = readonly (string | null)[]

/** It is then calm, and misses short freezes; from this line on it is eager, and only what it sees then counts. Nothing is answered. */
export const eagerWord = 'eager'

/** The answer to each other line: what was seen on each. */
export type WatchSeen = readonly (readonly Span[])[]

/**
 * A process of its own that sees file systems stand still. It is no thread of the locker: one that sleeps in a frozen file system
 * keeps a killed process from ending, and with it its connections and their lock.
 *
 * It ends when its stdin does, and it is killed by itself: it would wait for its threads.
 */
export function watchDisks(): void {
  standAside()
  let told: ((line: string) => void) | null = null
  createInterface({ input: process.stdin })
    .on('line', (line) => (told === null ? (told = begin(line)) : told(line)))
    .on('close', end)
  process.stdout.on('error', end)
}

/** Returns what is done about each further line. */
function begin(order: string): (line: string) => void {
  const { folders, within } = JSON.parse(order) as WatchOrder
  setTimeout(end, within)
  const probes = folders.map(probeOf)
  const can = probes.filter((probe) => typeof probe !== 'string')
  const board = newBoard(can.length)
  void started(can, board).then(() =>
    tell(probes.map((probe) => (typeof probe === 'string' ? probe : null)) satisfies WatchBegun),
  )
  return (line) => (line === eagerWord ? watchEagerly(board) : answer())

  function answer(): void {
    if (can.some((_, disk) => isUndecided(board, disk, monotonic()))) {
      setTimeout(answer, 5)
      return
    }
    const at = monotonic()
    const each = can.map((_, disk) => spansOf(board, disk, at))
    tell(
      probes.map((probe) => (typeof probe === 'string' ? [] : each[can.indexOf(probe)]!)) satisfies WatchSeen,
    )
  }
}

/**
 * Milliseconds. Real agents freeze for 3 ms and more, to which comes what FIFREEZE itself takes: so of a freeze that is as short at least
 * one round falls into it. An undisturbed probe takes a few thousandths of one.
 */
const times = { period: 2.5, calmPeriod: 50, least: 0.08 }

/** As many threads as file systems, so that one is free as long as one is not frozen. */
async function started(probes: readonly Probe[], board: Probing['board']): Promise<void> {
  const order: Probing = { board, probes, origin: monotonic(), calm, kept, ...times }
  await Promise.all(probes.map(() => threadFor(order)))
}

/** Compilers of development tell functions their names by `__name`. */
const program = `
  const __name = (f) => f
  const { parentPort, workerData } = require('node:worker_threads')
  const probeForEver = ${String(probeForEver)}
  probeForEver(require('node:fs'), workerData, () => parentPort.postMessage('begun'))
`

function threadFor(order: Probing): Promise<void> {
  return new Promise((resolve) => {
    const thread = new Worker(program, {
      eval: true,
      execArgv: [],
      workerData: order,
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
    })
    thread.once('message', () => resolve())
    // Without its threads it is of no use; who started it hears that it has ended.
    thread.once('error', end)
  })
}

function tell(what: WatchBegun | WatchSeen): void {
  process.stdout.write(`${JSON.stringify(what)}\n`)
}

function end(): void {
  process.kill(process.pid, 'SIGKILL')
}
