import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Check } from '../../src/core/verdict.ts'
import { thawLine } from '../../src/quiesce/thaw-line.ts'
import { type Guest, guest, type GuestSettings } from '../support/fake/guest.ts'

const instance: GuestSettings = {
  server: { family: 'mysql', version: '9.7.4', uuid: 'a-server', account: 'q@localhost' },
  findings: { instanceLock: 'can' },
  limits: { lock: 'instance' },
}

describe('before the lock goes', () => {
  test('the server is not asked for a lock that it does not show', async () => {
    const { g, checks } = await thawed({ shows: 'cannot-tell' }, ({ answers }) => {
      answers.lockSeen = () => assert.fail('asked')
    })
    assert.deepEqual(found(checks, 'lock seen by the server'), {
      name: 'lock seen by the server',
      result: 'not-applicable',
      seen: 'this server does not show this lock to this account',
    })
    assert.equal(g.server.lock.isHeld(), false)
  })

  test('nor for one of which nobody knows how it would show it', async () => {
    const percona: GuestSettings = {
      server: { family: 'percona', version: '5.7.44', uuid: 'a-server', account: 'q@localhost' },
      findings: { backupLocks: true },
      limits: { lock: 'backup-locks' },
    }
    const { line, checks } = await thawed(percona, ({ answers }) => {
      answers.lockSeen = () => assert.fail('asked')
    })
    assert.equal(found(checks, 'lock seen by the server')?.result, 'not-applicable')
    assert.match(line, /the snapshot is consistent$/)
  })

  test('the redo log is asked for where it can be switched off, and nowhere else', async () => {
    for (const [redoLog, times] of [
      ['on', 2],
      ['always on', 1],
    ] as const) {
      let asked = 0
      await thawed({}, ({ answers }) => {
        answers.redoLog = () => (asked++, redoLog)
      })
      assert.equal(asked, times, redoLog)
    }
  })

  test('no tables are asked for under a lock that no commit passes', async () => {
    const { checks } = await thawed({}, ({ answers }) => {
      answers.unprotected = () => assert.fail('asked')
    })
    assert.equal(found(checks, 'all tables transactional'), undefined)
  })

  test('they are under LOCK INSTANCE FOR BACKUP, and the one line says that the coordinates are not stable', async () => {
    const { line, checks } = await thawed(instance)
    assert.equal(found(checks, 'all tables transactional')?.result, 'yes')
    assert.match(
      line,
      /^thawed after \d\.\d s, the snapshot is consistent, but the coordinates are not stable: commits went on, the snapshot is between binlog\.\d+:\d+ and binlog\.\d+:\d+$/,
    )
  })

  test('and one that no recovery makes whole is why the verdict is no', async () => {
    const { line } = await thawed(instance, ({ answers }) => {
      answers.unprotected = () => ['shop.visits (MyISAM)']
    })
    assert.match(line, /the snapshot is not consistent: written to meanwhile, .*: shop\.visits \(MyISAM\);/)
  })
})

async function thawed(settings: GuestSettings, prepare: (g: Guest) => void = () => {}) {
  const g = guest(settings)
  prepare(g)
  await g.ended(g.freeze())
  await g.schedule.pass(2000)
  const thaw = await g.ended(g.thaw())
  assert.ok(thaw.what === 'thawed')
  return { g, line: thawLine(thaw, 'thaw').line, checks: thaw.verdict.checks }
}

function found(checks: readonly Check[], name: string): Check | undefined {
  return checks.find((check) => check.name === name)
}
