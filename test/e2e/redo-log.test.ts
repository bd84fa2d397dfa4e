import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'

describe('mysql-9.7, whose redo log can be switched off,', () => {
  const { scenario } = guestOn('mysql-9.7')
  const [off, on] = ['ALTER INSTANCE DISABLE INNODB REDO_LOG', 'ALTER INSTANCE ENABLE INNODB REDO_LOG']

  scenario(
    'is not frozen while it is off: no server would start on the snapshot',
    async ({ lab, writer }) => {
      await writer.ask(off)
      const line = /^not frozen: InnoDB's redo log is off, .*; ALTER INSTANCE ENABLE INNODB REDO_LOG$/m
      failsWith('redo-log-off', await lab.freeze('freeze'), line)
      assert.deepEqual(await lab.files(), [])
      await writer.ask(on)
      succeeds(await lab.freeze('freeze'), /^frozen at /)
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
    },
  )

  scenario('is not consistent where somebody switches it off while frozen', async ({ lab, writer }) => {
    await lab.freeze('freeze')
    await writer.ask(off)
    failsWith('not-consistent', await lab.thaw('thaw'), /InnoDB's redo log was off at the thaw/)
    await writer.ask(on)
  })
})
