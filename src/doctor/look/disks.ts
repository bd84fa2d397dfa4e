import { dirname } from 'node:path'
import { findDisks } from '../../adapters/disk/find-disks.ts'
import { ourView } from '../../adapters/disk/mount-view.ts'
import { syncCommand } from '../../adapters/disk/sync-program.ts'
import { errnoOf } from '../../adapters/errno.ts'
import type { FileSystem } from '../../core/disk/disk-evidence.ts'
import { asFailure } from '../../core/failure.ts'
import type { ServerPlace } from '../../core/world.ts'
import type { DiskFacts } from '../checks/disks.ts'

/** Looks for the files of a server as a freeze does. */
export async function lookAtDisks(server: Promise<ServerPlace>, recordDir: string): Promise<DiskFacts> {
  return {
    found: await server.then(findDisks).catch(asFailure),
    record: await nearest(recordDir).catch(asFailure),
    sync: syncCommand('/', 'one')?.[0] ?? null,
  }
}

/** A folder that is still to be made will be on the file system of the one that it is made in. */
async function nearest(path: string): Promise<FileSystem> {
  try {
    return await (await ourView()).fileSystemOf(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || path === '/') throw error
    return await nearest(dirname(path))
  }
}
