import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { dir as temporaryDir } from 'tmp-promise'
import type { Server } from '../servers/start.ts'

/** A copy of a data directory, until it is disposed of. */
export interface FileCopy extends AsyncDisposable {
  readonly path: string
}

/** What the server has written to its files by now, as `kill -9` would leave it; it reads through the page cache. */
export async function fileCopy({ dataDir, socket }: Pick<Server, 'dataDir' | 'socket'>): Promise<FileCopy> {
  const folder = await temporaryDir({ unsafeCleanup: true })
  const path = join(folder.path, 'data')
  await cp(dataDir, path, { recursive: true, filter: (file) => !file.startsWith(socket) })
  return { path, [Symbol.asyncDispose]: () => folder.cleanup() }
}
