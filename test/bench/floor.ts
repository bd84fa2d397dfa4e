import { statSync } from 'node:fs'
import type { Server } from '../servers/start.ts'
import { openBareLock } from './bare-lock.ts'
import { now } from './monotonic.ts'
import { type Standing, standReady } from './standing.ts'
import type { Subject } from './subject.ts'

/**
 * What no procedure can be faster than that leaves all of it on disk: lock, coordinates, `sync -f` of the data
 * directories' file systems by processes that stand ready, and unlock.
 */
export async function openFloor(servers: readonly Server[]): Promise<Subject & AsyncDisposable> {
  const folders = oneOfEachFileSystem(servers.map(({ dataDir }) => dataDir))
  const bare = await openBareLock(servers)
  let syncs: readonly Standing[] = []
  return {
    snapshot: 0,
    async prepare() {
      syncs = await Promise.all(folders.map((folder) => standReady('sync', ['-f', folder])))
    },
    async freeze() {
      const { begin, end: locked } = await bare.lock()
      await Promise.all(syncs.map((sync) => sync.go()))
      const end = now()
      return { begin, end, synced: end - locked }
    },
    thaw: () => bare.unlock(),
    lockers: () => [],
    async [Symbol.asyncDispose]() {
      await Promise.all(syncs.map((sync) => sync[Symbol.asyncDispose]()))
      await bare[Symbol.asyncDispose]()
    },
  }
}

function oneOfEachFileSystem(folders: readonly string[]): readonly string[] {
  return [...new Map(folders.map((folder) => [statSync(folder).dev, folder])).values()]
}
