import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { enginesOnDisk } from '../../../src/core/disk/engines-check.ts'
import { doubt, type EngineInUse, hasOwnLog, isEnginesProof } from '../../../src/core/disk/engines.ts'
import { isWrittenAtCommit, ownLogFrom, type OwnLogProof } from '../../../src/core/disk/own-log.ts'
import type { LockName } from '../../../src/core/lock-table.ts'

const usual: readonly EngineInUse[] = ['MyISAM', 'InnoDB', 'MEMORY', 'PERFORMANCE_SCHEMA'].map((engine) => ({
  engine,
  is: 'loaded',
}))
const rocksdb: EngineInUse = { engine: 'ROCKSDB', is: 'loaded' }
const waited: OwnLogProof = { how: 'waited', seen: 'Rocksdb_wal_synced went from 4 to 6 under the lock' }

describe('engines on disk', () => {
  for (const [what, judged, result, seen] of [
    ['every engine is written by the lock', {}, 'yes', 'written under this lock: InnoDB, MyISAM'],
    [
      'the log of RocksDB was waited for',
      { more: [rocksdb], ownLog: waited },
      'yes',
      'written under this lock: InnoDB, MyISAM; ROCKSDB: Rocksdb_wal_synced went from 4 to 6 under the lock',
    ],
    [
      'it did not come',
      { more: [rocksdb], ownLog: { how: 'not seen', seen: 'its log is in memory' } },
      'unknown',
      'ROCKSDB: its log is in memory',
    ],
    [
      'nobody has asked for it',
      { more: [rocksdb] },
      'unknown',
      'ROCKSDB: nobody has asked whether its log is written',
    ],
    [
      'the rows of one are on another server',
      { more: [{ engine: 'FEDERATED', is: 'loaded' }] },
      'yes',
      'written under this lock: InnoDB, MyISAM; FEDERATED is not in the snapshot: its rows are on another server, which is not locked',
    ],
    [
      'one is not known and has tables',
      { more: [{ engine: 'Falcon', is: 'tables' }] },
      'unknown',
      'Falcon has tables: nothing is known about how it reaches the disk',
    ],
    [
      'one is not known and may have tables',
      { more: [{ engine: 'Falcon', is: 'loaded' }] },
      'unknown',
      'Falcon is loaded and may have tables, this account does not see all (SELECT ON *.*): nothing is known about how it reaches the disk',
    ],
    [
      'files lie anywhere',
      { more: [{ engine: 'CONNECT', is: 'tables' }] },
      'unknown',
      'CONNECT has tables: its rows may be on another server, or in files that are not synced',
    ],
    [
      'one keeps rows in memory under a lock that closes no file',
      { more: [{ engine: 'ARCHIVE', is: 'tables' }], lock: 'backup-locks' },
      'unknown',
      'ARCHIVE has tables: backup-locks does not close its files',
    ],
  ] as readonly (readonly [
    string,
    { more?: readonly EngineInUse[]; ownLog?: OwnLogProof; lock?: LockName },
    string,
    string,
  ])[])
    test(`is ${result} where ${what}`, () => {
      const { more = [], ownLog = null, lock = 'ftwrl' } = judged
      const check = enginesOnDisk({ plan: { lock }, engines: { inUse: [...usual, ...more], ownLog } })
      assert.deepEqual(check, { name: 'engines on disk', result, seen })
    })
})

describe('an engine is looked for among the tables', () => {
  test('where its being there would leave the verdict unknown', () => {
    for (const [engine, lock, isDoubted] of [
      ['Falcon', 'ftwrl', true],
      ['CONNECT', 'backup-stage', true],
      ['ARCHIVE', 'backup-locks', true],
      ['ARCHIVE', 'ftwrl', false],
      ['ARCHIVE', 'instance', false],
      ['InnoDB', 'backup-locks', false],
      ['MyISAM', 'backup-locks', false],
      ['ROCKSDB', 'ftwrl', false],
    ] as const)
      assert.equal(doubt(engine, lock) !== undefined, isDoubted, `${engine} under ${lock}`)
  })
})

describe("RocksDB's log", () => {
  test('is asked for where it is loaded, under any name of it', () => {
    assert.equal(hasOwnLog(usual), false)
    assert.equal(hasOwnLog([...usual, { engine: 'RocksDB', is: 'tables' }]), true)
  })

  test('is read from what MariaDB and Percona Server call it', () => {
    const mariadb = { rocksdb_flush_log_at_trx_commit: '2', rocksdb_write_disable_wal: 'OFF' }
    for (const name of ['Rocksdb_wal_synced', 'rocksdb_wal_synced'])
      assert.deepEqual(ownLogFrom(new Map(Object.entries({ ...mariadb, [name]: '7' }))), {
        atCommit: 2,
        isOn: true,
        syncs: 7,
      })
    const off = new Map(Object.entries({ ...mariadb, rocksdb_write_disable_wal: 'ON' }))
    assert.deepEqual(ownLogFrom(off), { atCommit: 2, isOn: false, syncs: null })
    assert.equal(ownLogFrom(new Map()), null)
  })

  test('is in its file with every commit only where 1 is set, and the log is on', () => {
    const log = { atCommit: 1, isOn: true, syncs: 7 }
    assert.equal(isWrittenAtCommit(log), true)
    for (const change of [{ atCommit: 0 }, { atCommit: 2 }, { isOn: false }])
      assert.equal(isWrittenAtCommit({ ...log, ...change }), false)
  })
})

describe('what hold.json says of the engines', () => {
  test('is read as it was written', () => {
    assert.ok(isEnginesProof({ inUse: usual, ownLog: null }))
    assert.ok(isEnginesProof({ inUse: [rocksdb], ownLog: waited }))
  })

  test('is nothing where it is something else', () => {
    for (const value of [
      null,
      {},
      { inUse: usual },
      { inUse: ['InnoDB'], ownLog: null },
      { inUse: [{ engine: 'InnoDB', is: 'there' }], ownLog: null },
      { inUse: usual, ownLog: { how: 'guessed', seen: '' } },
      { inUse: usual, ownLog: { how: 'waited' } },
    ])
      assert.ok(!isEnginesProof(value), JSON.stringify(value))
  })
})
