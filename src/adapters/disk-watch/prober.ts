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
 * A probe counts only when the thread went to sleep in it, of its own accord: so neither a busy machine nor one whose host is busy is
 * taken for a freeze. (The times of /proc/PID/schedstat do not tell: what interrupts and the host take is in none of them.)
 *
 * A thread is started from the text of this function, so it may use nothing from outside itself.
 */
export function probeForEver(fs: typeof FileSystem, order: Probing, begun: () => void): void {
  const { board, probe, disk, period, calmPeriod, calm, least, kept } = order
  const nothing = new Uint8Array(0)
  const nap = new Int32Array(new SharedArrayBuffer(4))
  const status = fs.openSync('/proc/thread-self/status', 'r')
  const [before, after] = [new Uint8Array(4096), new Uint8Array(4096)]
  const offset = monotonic() - performance.now()
  let next = now()

  probeOnce()
  begun()
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
      if (sleepsIn(after) > sleepsIn(before)) note(began, ended)
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
