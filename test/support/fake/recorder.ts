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
  readonly fails: {
    standing?: () => never
    opening?: () => never
    writing?: () => never
    syncing?: () => never
  }
  /** How long the disk takes to write a record, in milliseconds. */
  writes: number
  recorder(process: FakeProcess): Recorder
}

/** How long a disk takes, in milliseconds. */
const latency = 2

export function fakeRecordDir(schedule: Schedule): FakeRecordDir {
  let record: CoordinatesRecord | null = null
  let writtenAt = Number.NaN
  let drafts = 0
  const recordDir: FakeRecordDir = {
    get record() {
      return record
    },
    get writtenAt() {
      return writtenAt
    },
    get drafts() {
      return drafts
    },
    fails: {},
    writes: latency,
    recorder: (process) => ({
      async ready() {
        recordDir.fails.standing?.()
      },
      async open() {
        await disk(process, latency)
        recordDir.fails.opening?.()
        drafts++
        process.onEnd(close)
        return {
          async write(written) {
            await disk(process, recordDir.writes)
            recordDir.fails.writing?.()
            record = written
            writtenAt = schedule.now()
          },
          async sync() {
            await disk(process, recordDir.writes)
            recordDir.fails.syncing?.()
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
  return recordDir

  function disk(process: FakeProcess, takes: number): Promise<void> {
    return new Promise((resolve) => {
      schedule.after(takes, () => process.deliver(resolve))
    })
  }
}
