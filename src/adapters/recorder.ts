import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { binlogInfo } from '../core/coordinates.ts'
import { Failure } from '../core/failure.ts'
import type { CoordinatesRecord, OpenRecord, Recorder } from '../core/world.ts'
import { nearest, standsStill, takesChanges } from './disk/standing-still.ts'
import { systemMessage } from './errno.ts'
import { makeDirectoriesAside } from './make-directories.ts'

/** Bytes that are on disk before the lock: what is recorded of a server is shorter, and a full disk shows while nobody waits. */
const reservedPerServer = 4096

/** A disk that hangs by now must not keep this process from saying why it failed, in milliseconds. */
const closeWithin = 500

/** coordinates.json and binlog_info in `directory`: written whole, synced, and so inside the snapshot. */
export function recorderIn(directory: string): Recorder {
  return {
    async ready(within) {
      if (await takesChanges(nearest(directory), within)) return
      throw new Failure(
        'record-dir-unusable',
        `the coordinates cannot be recorded in ${directory}: ${standsStill(directory)}`,
      )
    },
    async open(servers) {
      try {
        await makeDirectoriesAside(directory, 0o700)
        return await openRecord(servers * reservedPerServer)
      } catch (cause) {
        throw unusable(cause)
      }
    },
  }

  async function openRecord(reserved: number): Promise<OpenRecord> {
    const opened: Closable[] = []
    try {
      const folder = await kept(open(directory, 'r'), opened)
      const coordinates = await kept(draftOf(join(directory, 'coordinates.json'), reserved), opened)
      const binlog = await kept(draftOf(join(directory, 'binlog_info'), reserved), opened)
      return {
        write: (record) => write(record, { folder, coordinates, binlog }),
        sync: () => sync({ folder, coordinates, binlog }),
        [Symbol.asyncDispose]: () => Promise.race([closeAll(opened), delay(closeWithin)]),
      }
    } catch (error) {
      await closeAll(opened)
      throw error
    }
  }

  async function write(record: CoordinatesRecord, { coordinates, binlog }: Opened): Promise<void> {
    try {
      await Promise.all([coordinates.fill(format(record)), binlog.fill(binlogInfo(record))])
      await Promise.all([coordinates.publish(), binlog.publish()])
    } catch (cause) {
      throw unusable(cause)
    }
  }

  async function sync({ folder, coordinates, binlog }: Opened): Promise<void> {
    try {
      // Writers wait: the three go to the disk at once, which a journal takes as one.
      await Promise.all([coordinates.sync(), binlog.sync(), folder.sync()])
    } catch (cause) {
      throw unusable(cause)
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

interface Closable {
  close(): Promise<void>
}

interface Opened {
  readonly folder: FileHandle
  readonly coordinates: Draft
  readonly binlog: Draft
}

interface Draft extends Closable {
  /** Whole, under the draft's name. */
  fill(text: string): Promise<void>
  /** Under its own name. */
  publish(): Promise<void>
  /** On disk. */
  sync(): Promise<void>
}

async function kept<T extends Closable>(opening: Promise<T>, opened: Closable[]): Promise<T> {
  const one = await opening
  opened.push(one)
  return one
}

async function closeAll(opened: readonly Closable[]): Promise<void> {
  await Promise.all(opened.map((one) => one.close()))
}

/** One locker at a time writes here, so a draft that a dead one left is simply written over. */
async function draftOf(file: string, reserved: number): Promise<Draft> {
  const name = `${file}.new`
  const handle = await open(name, 'w', 0o600)
  try {
    await writeAll(handle, ' '.repeat(reserved))
    await handle.datasync()
  } catch (error) {
    await discard(handle, name)
    throw error
  }
  let published = false
  return {
    async fill(text) {
      await Promise.all([writeAll(handle, text), handle.truncate(Buffer.byteLength(text))])
    },
    async publish() {
      await rename(name, file)
      published = true
    },
    sync: () => handle.datasync(),
    // By then the disk may be frozen: a published draft is closed, and nothing is removed.
    close: () => (published ? handle.close() : discard(handle, name)),
  }
}

/** A disk that becomes full takes a part, and says so only to who asks again. */
async function writeAll(handle: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text)
  let written = 0
  while (written < bytes.length)
    written += (await handle.write(bytes, written, bytes.length - written, written)).bytesWritten
}

async function discard(handle: FileHandle, name: string): Promise<void> {
  await handle.close()
  await rm(name, { force: true })
}

function format(record: CoordinatesRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`
}
