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

  test('and is given back, and asked for again, where it came too late for it', async () => {
    const g = guest({ server: mariadb, limits: { lockWait: 1000 } })
    g.answers.flushLogs = () => 'does nothing'
    const update: { end?: () => void } = {}
    g.answers.connect = () => {
      update.end ??= g.server.run('UPDATE orders SET paid = 1').end
    }
    let isPlanned = false
    g.schedule.onPassing(() => {
      if (isPlanned || !g.server.lock.stopsWriters()) return
      isPlanned = true
      g.schedule.after(60, () => update.end?.())
    })
    const { attempts } = await g.ended(g.freeze())
    assert.equal(attempts, 2)
    assert.equal(g.server.lock.grants.length, 2)
    assert.ok(g.lines.some(({ message }) => message.startsWith("the lock came after InnoDB's own flush")))
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
