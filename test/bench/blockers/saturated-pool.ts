import type { ServerName } from '../../servers/catalog.ts'
import { locksOf } from '../../support/locks.ts'
import { startCrowd } from '../writer.ts'
import type { Cell } from './cells.ts'

/** A thread pool with fewer threads than there are writers: those that wait for a lock leave none to unlock it. */
export const poolOptions: readonly string[] = [
  '--thread-handling=pool-of-threads',
  '--thread-pool-size=2',
  '--thread-pool-max-threads=12',
  '--max-connections=200',
]

const writers = 24

/** MariaDB alone has one without a plugin. */
export function poolCells(server: ServerName): readonly Cell[] {
  if (!server.startsWith('mariadb')) return []
  return locksOf[server].map((lock) => ({
    ...{ server, lock, beside: 'a saturated thread pool', flushLog: 1, options: [], table: null },
    async begin({ server: { socket } }) {
      const crowd = await startCrowd(socket, writers)
      await crowd.start()
      return crowd
    },
  }))
}
