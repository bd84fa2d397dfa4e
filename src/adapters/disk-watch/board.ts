/** How many standstills of a file system are kept. */
export const kept = 16

/** What the probing threads and the thread that answers have in common; one place in each array for each file system. */
export interface Board {
  /** `eager` while a freeze is to be seen that may be short, else `calm`. */
  readonly pace: Int32Array
  /** 1 while its thread is in a probe. */
  readonly busy: Int32Array
  /** When that probe began. Times are milliseconds of CLOCK_MONOTONIC. */
  readonly began: Float64Array
  /** What ended before does not count. */
  readonly since: Float64Array
  /** How many standstills were seen. */
  readonly seen: Int32Array
  /** Their beginnings and ends in turn, `kept` of each file system; the oldest is written over. */
  readonly times: Float64Array
}

export const calm = 0
const eager = 1

/** Forgets what was seen, and has each watched more closely until it has been seen to stand still. */
export function watchEagerly({ since, seen, pace }: Board): void {
  for (let disk = 0; disk < seen.length; disk++) {
    since[disk] = monotonic()
    Atomics.store(seen, disk, 0)
    Atomics.store(pace, disk, eager)
    Atomics.notify(pace, disk)
  }
}

export function newBoard(disks: number): Board {
  return {
    pace: new Int32Array(new SharedArrayBuffer(4 * disks)),
    busy: new Int32Array(new SharedArrayBuffer(4 * disks)),
    began: new Float64Array(new SharedArrayBuffer(8 * disks)),
    since: new Float64Array(new SharedArrayBuffer(8 * disks)),
    seen: new Int32Array(new SharedArrayBuffer(4 * disks)),
    times: new Float64Array(new SharedArrayBuffer(8 * disks * kept * 2)),
  }
}

/** In milliseconds of CLOCK_MONOTONIC, which all processes share; `until` is null where it has not ended. */
export interface Span {
  readonly from: number
  readonly until: number | null
}

/** A probe that takes longer than this is in a file system that stands still; shorter, and it may be the processor that is waited for. */
const surely = 100

/** Whether it is too early to say what a probe that goes on is in. */
export function isUndecided({ busy, began }: Board, disk: number, now: number): boolean {
  return Atomics.load(busy, disk) === 1 && now - began[disk]! < surely
}

/** What was seen of one file system, the oldest first. */
export function spansOf(board: Board, disk: number, now: number): readonly Span[] {
  const seen = Atomics.load(board.seen, disk)
  const spans: Span[] = []
  for (let index = Math.max(0, seen - kept); index < seen; index++) {
    const at = (disk * kept + (index % kept)) * 2
    spans.push({ from: board.times[at]!, until: board.times[at + 1]! })
  }
  const began = board.began[disk]!
  const isIn = Atomics.load(board.busy, disk) === 1 && now - began >= surely
  return isIn ? [...spans, { from: began, until: null }] : spans
}

/** Milliseconds of CLOCK_MONOTONIC. */
export function monotonic(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
