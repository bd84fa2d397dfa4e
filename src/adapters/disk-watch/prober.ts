import type * as FileSystem from 'node:fs'
import type { Board } from './board.ts'

/** How a file system is probed: by a descriptor that is open for writing, or by the path of a file that does not exist. */
export type Probe = { readonly descriptor: number } | { readonly path: string }

export interface Probing {
  readonly board: Board
  readonly probe: Probe
  /** Its place on the board. */
  readonly disk: number
  /** Milliseconds from one probe to the next when eager, and when calm. */
  readonly period: number
  readonly calmPeriod: number
  /** The value of a pace that is calm. */
  readonly calm: number
  /** Milliseconds: a probe that takes less has not slept. */
  readonly least: number
  /** How many standstills of a file system are kept. */
  readonly kept: number
}

/**
 * What the thread of a file system does, for ever: it probes it by a write of zero bytes, or else by an unlink of what is not there. Both
 * wait for as long as the file system is frozen (fs/read_write.c vfs_write: file_start_write; fs/namei.c do_unlinkat: mnt_want_write)
 * and change nothing, not even a time.
 *
 * A probe counts only when the thread was off its processor in it and not for want of one: so neither a busy machine nor one whose host is
 * busy is taken for a freeze. /proc/PID/schedstat tells both (Documentation/scheduler/sched-stats.rst): what the host or an interrupt
 * takes ends no slice, and the time for which a processor was waited for is its second number.
 *
 * A thread is started from the text of this function, so it may use nothing from outside itself.
 */
export function probeForEver(fs: typeof FileSystem, order: Probing, begun: (thread: number) => void): void {
  const { board, probe, disk, period, calmPeriod, calm, least, kept } = order
  const nothing = new Uint8Array(0)
  const nap = new Int32Array(new SharedArrayBuffer(4))
  const schedule = fs.openSync('/proc/thread-self/schedstat', 'r')
  const [before, after] = [new Uint8Array(128), new Uint8Array(128)]
  const offset = offsetOfClock()
  let next = now()

  probeOnce()
  begun(Number(fs.readlinkSync('/proc/thread-self').split('/').at(-1)))
  for (;;) {
    rest()
    probeOnce()
  }

  function rest(): void {
    if (Atomics.load(board.pace, disk) === calm) {
      Atomics.wait(board.pace, disk, calm, calmPeriod)
      return
    }
    next = Math.max(next + period, now())
    const left = next - now()
    if (left > 0) Atomics.wait(nap, 0, 0, left)
  }

  function probeOnce(): void {
    look(before)
    const began = now()
    board.began[disk] = began
    Atomics.store(board.busy, disk, 1)
    touch()
    const ended = now()
    if (ended - began >= least) {
      look(after)
      if (sleptFor(ended - began) >= least) note(began, ended)
    }
    Atomics.store(board.busy, disk, 0)
  }

  function touch(): void {
    if ('descriptor' in probe) {
      fs.writeSync(probe.descriptor, nothing, 0, 0)
      return
    }
    try {
      fs.unlinkSync(probe.path)
    } catch {
      // it never is there
    }
  }

  /** One that is seen while it is eager is what was waited for. */
  function note(began: number, ended: number): void {
    if (ended < board.since[disk]!) return
    const at = (disk * kept + (board.seen[disk]! % kept)) * 2
    board.times[at] = began
    board.times[at + 1] = ended
    Atomics.add(board.seen, disk, 1)
    Atomics.store(board.pace, disk, calm)
  }

  /** Only copied, for this is done each time; it is read where a probe took long. */
  function look(into: Uint8Array): void {
    into[fs.readSync(schedule, into, 0, into.length - 1, 0)] = 0
  }

  /** Milliseconds of these for which the thread neither ran nor wanted to; 0 where it never left its processor. */
  function sleptFor(milliseconds: number): number {
    const [ran = 0, waited = 0, slices = 0] = numbersIn(after)
    const [ranBefore = 0, waitedBefore = 0, slicesBefore = 0] = numbersIn(before)
    if (slices === slicesBefore) return 0
    return milliseconds - (ran - ranBefore + waited - waitedBefore) / 1e6
  }

  /** Nanoseconds on a processor, nanoseconds for which one was waited for, and how often one was had. */
  function numbersIn(seen: Uint8Array): number[] {
    return String.fromCharCode(...seen.subarray(0, seen.indexOf(0)))
      .split(' ')
      .map(Number)
  }

  function now(): number {
    return offset + performance.now()
  }

  /** Of several looks at both clocks the one that took least: others may have had the processor in between. */
  function offsetOfClock(): number {
    let best = { took: Infinity, offset: 0 }
    for (let looks = 0; looks < 50; looks++) {
      const first = monotonic()
      const origin = performance.now()
      const took = monotonic() - first
      if (took < best.took) best = { took, offset: first + took / 2 - origin }
    }
    return best.offset
  }

  function monotonic(): number {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1000 + nanoseconds / 1e6
  }
}
