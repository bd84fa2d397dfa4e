import { createInterface } from 'node:readline'
import { isUndecided, monotonic, newBoard, spansOf, watchEagerly } from './board.ts'
import { probeOf } from './probe-file.ts'
import { goFirst, standAside } from './stand-aside.ts'
import { startProbing } from './threads.ts'
import { eagerWord, isWatchOrder, type WatchBegun, type WatchOrder, type WatchSeen } from './words.ts'

/** The flag by which locktables becomes this process. */
export const watcherFlag = '--watch-disks'

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
    .on('line', (line) => (told === null ? (told = begin(JSON.parse(line))) : told(line)))
    .on('close', end)
  process.stdout.on('error', end)
}

/** Returns what is done about each further line. */
function begin(order: unknown): (line: string) => void {
  if (!isWatchOrder(order)) return end()
  setTimeout(end, order.within)
  return watch(order)
}

function watch({ folders }: WatchOrder): (line: string) => void {
  const probes = folders.map(probeOf)
  const usable = probes.filter((probe) => typeof probe !== 'string')
  const board = newBoard(usable.length)
  const begun: WatchBegun = probes.map((probe) => (typeof probe === 'string' ? probe : null))
  void startProbing(usable, { board, failed: end })
    .then(goFirst)
    .then(() => tell(begun))
  return (line) => (line === eagerWord ? watchEagerly(board) : answer())

  function answer(): void {
    const now = monotonic()
    const isEarly = usable.some((_, disk) => isUndecided(board, disk, now))
    if (isEarly) setTimeout(answer, 5)
    else
      tell(
        probes.map((probe) => (typeof probe === 'string' ? [] : spansOf(board, usable.indexOf(probe), now))),
      )
  }
}

function tell(what: WatchBegun | WatchSeen): void {
  process.stdout.write(`${JSON.stringify(what)}\n`)
}

function end(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('it is killed')
}
