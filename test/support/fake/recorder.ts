import type { CoordinatesRecord, Recorder } from '../../../src/core/world.ts'
import type { FakeProcess } from './process.ts'
import type { Schedule } from './schedule.ts'

/** record-dir, in memory. */
export interface FakeRecordDir {
  /** What coordinates.json says; null before the first. */
  readonly record: CoordinatesRecord | null
  /** When it was last written, in milliseconds of the guest. */
  readonly writtenAt: number
  /** Drafts that are open. */
  readonly drafts: number
  /** What opening, or writing, does instead. */
  fails: { opening?: () => never; writing?: () => never }
  recorder(process: FakeProcess): Recorder
}

/** How long the disk takes for a record, in milliseconds. */
const latency = 2

export function fakeRecordDir(schedule: Schedule): FakeRecordDir {
  let record: CoordinatesRecord | null = null
  let writtenAt = Number.NaN
  let drafts = 0
  const fails: FakeRecordDir['fails'] = {}
  return {
    get record() {
      return record
    },
    get writtenAt() {
      return writtenAt
    },
    get drafts() {
      return drafts
    },
    fails,
    recorder: (process) => ({
      async open() {
        await disk(process)
        fails.opening?.()
        drafts++
        process.onEnd(close)
        return {
          async write(written) {
            await disk(process)
            fails.writing?.()
            record = written
            writtenAt = schedule.now()
          },
          async [Symbol.asyncDispose]() {
            close()
          },
        }

        function close(): void {
          drafts = 0
        }
      },
    }),
  }

  function disk(process: FakeProcess): Promise<void> {
    return new Promise((resolve) => {
      schedule.after(latency, () => process.deliver(resolve))
    })
  }
}
