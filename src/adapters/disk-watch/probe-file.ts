import { constants, openSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, systemMessage } from '../errno.ts'
import type { Probe } from './prober.ts'

/** Files of a data directory that hardly anybody writes: the server's id, its version, the system tablespace. */
const quietFiles = ['auto.cnf', 'mariadb_upgrade_info', 'mysql_upgrade_info', 'ibdata1', 'db.opt']

/** No file has this name. */
const nobodys = '.mysql-quiesce-probe'

/**
 * How to probe the file system of a folder: through a file that is there, opened for writing and never written, or by a name that is not
 * there. Opening does not wait while the file system is frozen. The reason where neither can be.
 */
export function probeOf(folder: string): Probe | string {
  for (const name of quietFiles) {
    try {
      return { descriptor: openSync(join(folder, name), constants.O_WRONLY | constants.O_NOFOLLOW) }
    } catch {
      // another one
    }
  }
  const path = join(folder, nobodys)
  try {
    unlinkSync(path)
    return { path }
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? { path } : `${folder} cannot be probed: ${systemMessage(error)}`
  }
}
