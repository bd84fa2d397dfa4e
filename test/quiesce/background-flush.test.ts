import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Server } from '../../src/core/server.ts'
import { guest } from '../support/fake/guest.ts'

const mariadb: Server = {
  family: 'mariadb',
  version: '10.11.6',
  uuid: 'a-server',
  account: 'quiesce@localhost',
}

describe("the lock is asked for just before InnoDB's own flush", () => {
  test('where no statement writes the log: writers wait for milliseconds, not for up to a second', async () => {
    const g = guest({ server: mariadb })
    g.answers.flushLogs = () => 'does nothing'
    await g.ended(g.freeze())
    const [{ at } = { at: Number.NaN }] = g.server.lock.grants
    assert.ok(g.schedule.now() - at < 60, `${g.schedule.now() - at} ms`)
  })

  test('but not waited for where nothing is written', async () => {
    const g = guest({ server: mariadb })
    g.answers.flushLogs = () => 'does nothing'
    g.answers.flushStatus = () => ({ dirtyBlocks: 0, lsn: 5, flushedLsn: 5 })
    await g.ended(g.freeze())
    assert.ok(g.schedule.now() < 3000)
  })

  test('nor where a statement does it', async () => {
    const g = guest()
    await g.ended(g.freeze())
    assert.ok(g.schedule.now() < 500)
  })
})
