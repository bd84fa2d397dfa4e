import { describe } from 'node:test'
import { succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'

for (const [name, options] of [
  ['mariadb-10.11', ['--default-storage-engine=Aria']],
  ['mysql-5.6', ['--default-storage-engine=MyISAM', '--default-tmp-storage-engine=MyISAM']],
] as const)
  describe(`${name} without InnoDB`, () => {
    const { scenario } = guestOn(name, { options: ['--skip-innodb', '--sql-mode=', ...options] })

    scenario('is frozen, and its snapshot is consistent', async ({ lab, writer }) => {
      succeeds(await lab.freeze('freeze'), /^frozen at /)
      const waiting = await writer.isKeptWaiting()
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
      await waiting.written
    })
  })
