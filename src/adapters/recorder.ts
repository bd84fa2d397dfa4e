import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { binlogInfo } from '../core/coordinates.ts'
import { Failure } from '../core/failure.ts'
import type { CoordinatesRecord, OpenRecord, Recorder } from '../core/world.ts'
import { systemMessage } from './errno.ts'

/** Bytes that are on disk before the lock: a record is shorter, and a full disk shows while nobody waits. */
const reserved = 4096

/** coordinates.json and binlog_info in `directory`: written whole, fsynced, and so inside the snapshot. */
export function recorderIn(directory: string): Recorder {
  return {
    async open() {
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 })
        return await openRecord()
      } catch (cause) {
        throw unusable(cause)
      }
    },
  }

  async function openRecord(): Promise<OpenRecord> {
    const coordinates = await draftOf(join(directory, 'coordinates.json'))
    const binlog = await draftOf(join(directory, 'binlog_info'))
    const folder = await open(directory, 'r')
    return {
      async write(record) {
        try {
          await Promise.all([coordinates.publish(format(record)), binlog.publish(binlogInfo(record))])
          // Writers wait: the three go to the disk at once, which a journal takes as one.
          await Promise.all([coordinates.sync(), binlog.sync(), folder.sync()])
        } catch (cause) {
          throw unusable(cause)
        }
      },
      async [Symbol.asyncDispose]() {
        await Promise.all([coordinates.close(), binlog.close(), folder.close()])
      },
    }
  }

  function unusable(cause: unknown): Failure {
    return new Failure(
      'record-dir-unusable',
      `the coordinates cannot be recorded in ${directory}: ${systemMessage(cause)}`,
      { cause },
    )
  }
}

interface Draft {
  /** Under its name, whole. */
  publish(text: string): Promise<void>
  /** On disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** One locker at a time writes here, so a draft that a dead one left is simply written over. */
async function draftOf(file: string): Promise<Draft> {
  const name = `${file}.new`
  const handle = await open(name, 'w', 0o600)
  try {
    await handle.write(' '.repeat(reserved), 0)
    await handle.datasync()
  } catch (error) {
    await discard(handle, name)
    throw error
  }
  let published = false
  return {
    async publish(text) {
      await Promise.all([handle.write(text, 0), handle.truncate(Buffer.byteLength(text))])
      await rename(name, file)
      published = true
    },
    sync: () => handle.datasync(),
    // By then the disk may be frozen: a published draft is closed, and nothing is removed.
    close: () => (published ? handle.close() : discard(handle, name)),
  }
}

async function discard(handle: FileHandle, name: string): Promise<void> {
  await handle.close()
  await rm(name, { force: true })
}

function format(record: CoordinatesRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`
}
