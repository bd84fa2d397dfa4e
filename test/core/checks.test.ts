import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { Coordinates } from '../../src/core/coordinates.ts'
import { type Evidence, judge, type ServerEvidence } from '../../src/core/checks.ts'
import { isProven } from '../../src/core/flush.ts'
import { firstReason } from '../../src/core/verdict.ts'
import { checkNames } from '../support/check-names.ts'
import { anyEvidence } from '../support/any-evidence.ts'

const here: Coordinates = { file: 'binlog.000042', position: 1187, gtid: 'a:1-7' }
const held: Evidence = {
  ending: 'let-go',
  because: '',
  heldFor: 5000,
  from: '2026-11-28T03:00:00.000Z',
  until: '2026-11-28T03:00:05.000Z',
  attempts: 2,
  handedOver: 'yes',
  servers: [],
  freeze: { invoker: undefined, watched: [], passedOver: [] },
}
const server: ServerEvidence = {
  name: '',
  plan: {
    lock: 'ftwrl',
    take: [
      { say: 'LOCK INSTANCE FOR BACKUP', privilege: 'BACKUP_ADMIN' },
      { say: 'FLUSH TABLES WITH READ LOCK', privilege: 'RELOAD' },
    ],
    coordinates: 'stable',
  },
  lockSeen: true,
  lockView: 'metadata_locks',
  connection: { atFreeze: 7, atThaw: 7 },
  server: { atFreeze: 'a-server', atThaw: { uuid: 'a-server' } },
  uptime: { seconds: 3600, heldFor: 4000 },
  coordinates: { atFreeze: here, atThaw: here },
  moved: null,
  replica: { atFreeze: [], atThaw: [] },
  engines: { inUse: [{ engine: 'InnoDB', is: 'loaded' }], ownLog: null },
  flushed: { by: 'server', wanted: 100, status: { dirtyBlocks: 0, lsn: 120, flushedLsn: 100 } },
  disk: {
    synced: [{ name: '/var/lib/mysql', type: 'ext4', ms: 3.1 }],
    before: 551.2,
    doubts: [],
  },
  redoLog: 'on',
  unprotected: 'not-asked',
}

/** LOCK INSTANCE FOR BACKUP: the coordinates moved, as they may. */
const instance: Partial<ServerEvidence> = {
  plan: { lock: 'instance', take: [], coordinates: 'not stable' },
  coordinates: { atFreeze: here, atThaw: { ...here, position: 2000, gtid: 'a:1-9' } },
}

type Change = Partial<Omit<Evidence, 'servers'> & ServerEvidence>

/** The verdict on a set of one. */
function judgeOf({ ending, because, heldFor, attempts, handedOver, ...change }: Change) {
  const asked = { ending, because, heldFor, attempts, handedOver }
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
  return judge({ ...held, ...given, servers: [{ ...server, ...change }] })
}

describe('the verdict is', () => {
  for (const [what, change, consistent, reason] of [
    ['nothing speaks against it', {}, 'yes', 'nothing speaks against it'],
    [
      'the server cannot show its lock',
      { lockSeen: 'not-asked', lockView: 'none' },
      'yes',
      'nothing speaks against it',
    ],
    [
      'the binary log is off, and stays off',
      { coordinates: { atFreeze: null, atThaw: null } },
      'yes',
      'nothing speaks against it',
    ],
    [
      'the hold expired',
      { ending: 'expired' },
      'no',
      'the hold expired after 5.0 s, before the snapshot was over',
    ],
    [
      'the locker was stopped',
      { ending: 'stopped' },
      'no',
      'locktables was stopped after 5.0 s, before the snapshot was over',
    ],
    [
      'pre-freeze-script died',
      { ending: 'leash-broken' },
      'no',
      'pre-freeze-script died before the snapshot began',
    ],
    [
      'the connection was lost',
      { ending: 'connection-lost' },
      'no',
      'the connection that held the lock was lost within 5.0 s',
    ],
    [
      'pre-freeze-script had not said that it is frozen',
      { handedOver: 'no' },
      'no',
      'the lock ended before pre-freeze-script had said that it is frozen',
    ],
    ['locktables was started by hand', { handedOver: 'no leash' }, 'yes', 'nothing speaks against it'],
    ['there was no lock', { ending: 'failed' }, 'no', 'the lock was never there'],
    [
      'another connection answers',
      { connection: { atFreeze: 7, atThaw: 8 } },
      'no',
      'connection 7 took the lock, connection 8 answered',
    ],
    [
      'the connection does not answer',
      { connection: { atFreeze: 7, atThaw: 'not-asked' } },
      'unknown',
      'connection 7 did not answer at the thaw',
    ],
    [
      'the position moved',
      { coordinates: { atFreeze: here, atThaw: { ...here, position: 1188 } } },
      'no',
      'the binary log moved from binlog.000042:1187 to binlog.000042:1188',
    ],
    [
      'the binary log is in another file',
      { coordinates: { atFreeze: here, atThaw: { ...here, file: 'binlog.000043' } } },
      'no',
      'the binary log moved from binlog.000042:1187 to binlog.000043:1187',
    ],
    [
      'the GTID set moved',
      { coordinates: { atFreeze: here, atThaw: { ...here, gtid: 'a:1-8' } } },
      'no',
      'the GTID position moved from a:1-7 to a:1-8',
    ],
    [
      'the binary log was switched off',
      { coordinates: { atFreeze: here, atThaw: null } },
      'no',
      'the binary log moved from binlog.000042:1187 to no binary log',
    ],
    [
      'the binary log was switched on',
      { coordinates: { atFreeze: null, atThaw: here } },
      'no',
      'the binary log moved from no binary log to binlog.000042:1187',
    ],
    [
      'the coordinates could not be read',
      { coordinates: { atFreeze: here, atThaw: 'not-asked' } },
      'unknown',
      'the coordinates could not be read at the thaw',
    ],
    [
      'the server shows no lock',
      { lockSeen: false },
      'no',
      'metadata_locks does not show the lock for this session',
    ],
    [
      'the server did not say whether it has the lock',
      { lockSeen: 'not-asked' },
      'unknown',
      'metadata_locks could not be asked whether the lock is still there',
    ],
    [
      'the plugin shows no lock',
      { lockSeen: false, lockView: 'METADATA_LOCK_INFO' },
      'no',
      'METADATA_LOCK_INFO does not show the lock for this session',
    ],
    [
      'it was given up under pressure',
      { ending: 'pressure', because: '57 of 60 connections are in use' },
      'no',
      'given up under pressure after 5.0 s, before the snapshot was over: 57 of 60 connections are in use',
    ],
    [
      'the server has no GTID position',
      { coordinates: { atFreeze: { ...here, gtid: '' }, atThaw: { ...here, gtid: '' } } },
      'yes',
      'nothing speaks against it',
    ],
    [
      'the server has no name of its own',
      { server: { atFreeze: null, atThaw: { uuid: null } } },
      'yes',
      'nothing speaks against it',
    ],
    [
      'another server answers',
      { server: { atFreeze: 'a-server', atThaw: { uuid: 'another' } } },
      'no',
      'server a-server was locked, server another answered',
    ],
    [
      'the server has been up for less than the hold',
      { uptime: { seconds: 7, heldFor: 10_000 } },
      'no',
      'the server had been up for 7 s, and the hold was older',
    ],
    [
      'the server was started just before the freeze',
      { uptime: { seconds: 10, heldFor: 10_000 } },
      'yes',
      'nothing speaks against it',
    ],
    [
      'the server did not say how long it has been up',
      { uptime: 'not-asked' },
      'yes',
      'nothing speaks against it',
    ],
    [
      'the session did not say which server it is of',
      { server: { atFreeze: 'a-server', atThaw: 'not-asked' } },
      'unknown',
      'the session that took the lock did not say which server it is of',
    ],
    [
      'not all was flushed',
      { flushed: { by: 'server', wanted: 100, status: { dirtyBlocks: 0, lsn: 120, flushedLsn: 99 } } },
      'no',
      '0 dirty blocks, log flushed up to 99, wanted 100',
    ],
    [
      'the log was written, and left to our sync',
      { flushed: { by: 'sync', wanted: 100, status: { dirtyBlocks: 0, lsn: 120, flushedLsn: 99 } } },
      'yes',
      'nothing speaks against it',
    ],
    [
      'it is not known whether all is on disk',
      { disk: { synced: [], before: null, doubts: ['the data directory is not on this machine'] } },
      'unknown',
      'the data directory is not on this machine',
    ],
    [
      'the redo log was switched off meanwhile',
      { redoLog: 'off' },
      'no',
      "InnoDB's redo log was off at the thaw: no server starts on such a copy",
    ],
    [
      'the redo log could not be asked for',
      { redoLog: 'not-asked' },
      'unknown',
      '0 dirty blocks, log flushed up to 100, wanted 100, but whether the redo log is still on could not be asked',
    ],
    [
      'there is no InnoDB',
      { flushed: { wanted: null, status: { dirtyBlocks: 0, lsn: null, flushedLsn: null } } },
      'yes',
      'nothing speaks against it',
    ],
    [
      'commits went on, and every table is transactional',
      { ...instance, unprotected: [] },
      'yes',
      'nothing speaks against it',
    ],
    [
      'commits went on, and a table is of MyISAM',
      { ...instance, unprotected: ['shop.visits (MyISAM)'] },
      'no',
      'written to meanwhile, and made whole by no recovery: shop.visits (MyISAM)',
    ],
    [
      'commits went on, and the account does not see every table',
      { ...instance, unprotected: 'cannot-tell' },
      'unknown',
      'the account may not see all tables (SELECT ON *.*), so not whether all are transactional',
    ],
    [
      'commits went on, and the tables could not be asked for',
      { ...instance, unprotected: 'not-asked' },
      'unknown',
      'the engines of the tables could not be asked for',
    ],
  ] as readonly (readonly [string, Change, string, string])[]) {
    test(`${consistent} where ${what}`, () => {
      const verdict = judgeOf(change)
      assert.deepEqual([verdict.consistent, firstReason(verdict)], [consistent, reason])
    })
  }

  test('no rather than unknown, and then the reason is what says no', () => {
    const verdict = judgeOf({ lockSeen: false, connection: { atFreeze: 7, atThaw: 'not-asked' } })
    assert.equal(verdict.consistent, 'no')
    assert.match(firstReason(verdict), /^metadata_locks/)
  })

  test('yes only where the lock was let go, on one connection of one server, flushed, and nothing moved', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        if (judge(evidence).consistent !== 'yes') return
        assert.equal(evidence.ending, 'let-go')
        assert.notEqual(evidence.handedOver, 'no')
        for (const seen of evidence.servers) {
          const { plan, connection, coordinates, lockSeen, lockView, flushed, redoLog, unprotected } = seen
          assert.equal(connection.atThaw, connection.atFreeze)
          assert.deepEqual(seen.server.atThaw, { uuid: seen.server.atFreeze })
          assert.ok(isProven(flushed))
          assert.deepEqual(seen.disk.doubts, [])
          assert.ok(redoLog === 'on' || redoLog === 'always on')
          assert.ok(lockSeen === true || lockView === 'none')
          if (plan.coordinates !== 'stable') assert.deepEqual(unprotected, [])
          else if (seen.moved?.by !== 'temporary tables')
            assert.deepEqual(coordinates.atThaw, coordinates.atFreeze)
          else assert.equal(Object(coordinates.atThaw).file, Object(coordinates.atFreeze).file)
        }
      }),
    )
  })

  test('never of coordinates that are stable where they are not', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const { checks } = judge(evidence)
        for (const { name, plan } of evidence.servers) {
          if (plan.coordinates === 'stable') continue
          for (const wanted of ['coordinates equal', 'GTID equal'])
            assert.equal(
              checks.find((check) => check.name === wanted && (check.server ?? '') === name)?.result,
              'not-applicable',
            )
        }
      }),
    )
  })

  test('of these checks, each with what was seen', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const { checks } = judge(evidence)
        assert.deepEqual(
          checks.map(({ name }) => name),
          [
            ...checkNames.ofRun,
            ...evidence.servers.flatMap(({ plan }) => [
              ...checkNames.ofServer,
              ...(plan.coordinates === 'stable' ? [] : ['all tables transactional']),
            ]),
          ],
        )
        assert.ok(checks.every(({ seen }) => seen !== ''))
      }),
    )
  })

  test('with what was sent, and how often it was asked for', () => {
    const granted = judgeOf({}).checks.find(({ name }) => name === 'lock granted')
    assert.equal(granted?.seen, 'LOCK INSTANCE FOR BACKUP, FLUSH TABLES WITH READ LOCK granted at attempt 2')
  })

  test('with both ends of what coordinates that are not stable may be', () => {
    const seen = (change: Change) =>
      judgeOf({ ...instance, ...change }).checks.find(({ name }) => name === 'coordinates equal')?.seen
    assert.equal(
      seen({}),
      'the coordinates are not stable: commits went on, the snapshot is between binlog.000042:1187 and binlog.000042:2000',
    )
    assert.match(
      seen({ coordinates: { atFreeze: here, atThaw: 'not-asked' } }) ?? '',
      /between binlog.000042:1187 and an unknown position$/,
    )
  })

  test('no where one server of the set says no, and the reason says which', () => {
    const one = { ...server, name: '/run/a.sock' }
    const other = { ...server, name: '/run/b.sock', lockSeen: false }
    const verdict = judge({ ...held, servers: [one, other] })
    assert.equal(verdict.consistent, 'no')
    assert.equal(firstReason(verdict), '/run/b.sock: metadata_locks does not show the lock for this session')
    assert.equal(judge({ ...held, servers: [one, { ...one, name: '/run/b.sock' }] }).consistent, 'yes')
  })
})
