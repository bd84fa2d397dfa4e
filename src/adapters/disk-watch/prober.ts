import type * as FileSystem from 'node:fs'
import type { Board } from './board.ts'

/** How a file system is probed: by a descriptor that is open for writing, or by the path of a file that does not exist. */
export type Probe = { readonly descriptor: number } | { readonly path: string }

export interface Probing {
  readonly board: Board
  readonly probes: readonly Probe[]
  /** When round 0 was: milliseconds of CLOCK_MONOTONIC. */
  readonly origin: number
  /** Milliseconds from one round to the next: of all threads together, and of each of them when calm. */
  readonly period: number
  readonly calmPeriod: number
  /** The value of a pace that is calm. */
  readonly calm: number
  /** Milliseconds: what a probe has to take, asleep, to be a standstill. */
  readonly least: number
  /** How many standstills of a file system are kept. */
  readonly kept: number
}

/**
 * What each probing thread does, for ever. It sleeps until the round that it has taken, and probes every file system that no other thread
 * is in: a write of zero bytes, or else an unlink of what is not there. Both wait for as long as the file system is frozen (fs/read_write.c
 * vfs_write: file_start_write; fs/namei.c do_unlinkat: mnt_want_write) and change nothing, not even a time.
 *
 * A probe counts only when the thread went to sleep in it, of its own accord: so neither a busy machine nor one whose host is busy is
 * taken for a freeze. (The times of /proc/PID/schedstat do not tell: what interrupts and the host take is in none of them.)
 *
 * A thread is started from the text of this function, so it may use nothing from outside itself.
 */
export function probeForEver(fs: typeof FileSystem, order: Probing, begun: () => void): void {
  const { board, probes, origin, period, calmPeriod, calm, least, kept } = order
  const nothing = new Uint8Array(0)
  const nap = new Int32Array(new SharedArrayBuffer(4))
  const offset = monotonic() - performance.now()
  const status = fs.openSync('/proc/thread-self/status', 'r')
  let [before, after] = [new Uint8Array(4096), new Uint8Array(4096)]

  probeAll()
  begun()
  for (;;) {
    untilNextRound()
    probeAll()
  }

  /** When calm, each thread makes its own rounds; when eager, all take them in turn. */
  function untilNextRound(): void {
    if (Atomics.load(board.pace, 0) === calm) {
      Atomics.wait(board.pace, 0, calm, calmPeriod)
      return
    }
    const left = origin + nextRound() * period - now()
    if (left > 0) Atomics.wait(nap, 0, 0, left)
  }

  /** Rounds that nobody had the time for are left out. */
  function nextRound(): number {
    for (;;) {
      const last = Atomics.load(board.round, 0)
      const next = Math.max(last + 1, Math.floor((now() - origin) / period))
      if (Atomics.compareExchange(board.round, 0, last, next) === last) return next
    }
  }

  function probeAll(): void {
    look(before)
    for (let disk = 0; disk < probes.length; disk++) {
      if (Atomics.compareExchange(board.busy, disk, 0, 1) !== 0) continue
      const began = now()
      board.began[disk] = began
      probe(probes[disk]!)
      const ended = now()
      if (ended - began >= least) {
        look(after)
        if (sleepsIn(after) > sleepsIn(before)) note(disk, began, ended)
        ;[before, after] = [after, before]
      }
      Atomics.store(board.busy, disk, 0)
    }
  }

  function probe(one: Probe): void {
    if ('descriptor' in one) {
      fs.writeSync(one.descriptor, nothing, 0, 0)
      return
    }
    try {
      fs.unlinkSync(one.path)
    } catch {
      // it never is there
    }
  }

  function note(disk: number, began: number, ended: number): void {
    const at = (disk * kept + (board.seen[disk]! % kept)) * 2
    board.times[at] = began
    board.times[at + 1] = ended
    Atomics.add(board.seen, disk, 1)
    if (probes.every((_, each) => Atomics.load(board.seen, each) > 0)) Atomics.store(board.pace, 0, calm)
  }

  /** Only copied, for this is done each round; it is read where a probe took long. */
  function look(into: Uint8Array): void {
    into[fs.readSync(status, into, 0, into.length - 1, 0)] = 0
  }

  /** proc(5) /proc/PID/status: how often the thread went to sleep. */
  function sleepsIn(seen: Uint8Array): number {
    const text = String.fromCharCode(...seen.subarray(0, seen.indexOf(0)))
    return Number(/\nvoluntary_ctxt_switches:\s*(\d+)/.exec(text)?.[1])
  }

  function now(): number {
    return offset + performance.now()
  }

  function monotonic(): number {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1000 + nanoseconds / 1e6
  }
}
