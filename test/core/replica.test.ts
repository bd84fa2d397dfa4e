import assert from 'node:assert/strict'
import {
  type Applying,
  applyingFrom,
  channelFrom,
  looksLikeReplica,
  type Workers,
} from '../../src/core/replica-row.ts'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { lockNames } from '../../src/core/lock-table.ts'
import {
  compareChannels,
  formatChannel,
  isReplicaChannel,
  isReplication,
  underLock,
  nameOfChannel,
  type ReplicaChannel,
} from '../../src/core/replica.ts'
import { record } from '../support/record.ts'
import { aChannel } from '../support/a-channel.ts'

const mysql57 = {
  Master_Host: '10.0.0.5',
  Master_Port: 3306,
  Master_Log_File: 'binlog.000009',
  Read_Master_Log_Pos: 9999,
  Relay_Log_File: 'relay.000002',
  Relay_Log_Pos: 320,
  Relay_Master_Log_File: 'binlog.000007',
  Exec_Master_Log_Pos: 1187,
  Slave_SQL_Running: 'Yes',
  Executed_Gtid_Set: 'a:1-5,\nb:1',
  Auto_Position: 1,
  Channel_Name: '',
}
const mysql97 = {
  Source_Host: '10.0.0.5',
  Source_Port: 3306,
  Source_Log_File: 'binlog.000009',
  Read_Source_Log_Pos: 9999,
  Relay_Source_Log_File: 'binlog.000007',
  Exec_Source_Log_Pos: 1187,
  Replica_SQL_Running: 'Yes',
  Executed_Gtid_Set: 'a:1-5,\nb:1',
  Auto_Position: 1,
  Channel_Name: '',
}
const mariadb = {
  Connection_name: 'eu',
  Master_Host: '10.0.0.5',
  Master_Port: 3306,
  Master_Log_File: 'binlog.000009',
  Read_Master_Log_Pos: 9999,
  Relay_Master_Log_File: 'binlog.000007',
  Exec_Master_Log_Pos: 1187,
  Slave_SQL_Running: 'No',
  Using_Gtid: 'Slave_Pos',
  Gtid_IO_Pos: '0-1-99',
  Gtid_Slave_Pos: '0-1-42',
}
const channel: ReplicaChannel = { ...aChannel, gtid: 'a:1-5,b:1', follows: 'GTID' }

/** One thread that applies, and GTIDs for all. */
const alone: Applying = { workers: null, gtids: 'every' }

describe('a channel is what was applied, not what was fetched:', () => {
  for (const [title, row, wanted] of [
    ['of MySQL 5.7', mysql57, channel],
    ['of MySQL 9.7', mysql97, channel],
    ['of MariaDB', mariadb, { ...channel, name: 'eu', gtid: '0-1-42', sqlThread: 'stopped' }],
    ['position based on MySQL', { ...mysql57, Auto_Position: 0 }, { ...channel, follows: 'position' }],
    [
      'position based on MariaDB',
      { ...mariadb, Using_Gtid: 'No' },
      { ...channel, name: 'eu', gtid: '0-1-42', sqlThread: 'stopped', follows: 'position' },
    ],
    [
      'of MySQL 5.5, which has neither GTIDs nor channels',
      {
        Master_Host: 'old',
        Master_Port: 3306,
        Relay_Master_Log_File: 'bin.1',
        Exec_Master_Log_Pos: 4,
        Slave_SQL_Running: 'Yes',
      },
      {
        ...channel,
        source: 'old:3306',
        file: 'bin.1',
        position: 4,
        gtid: '',
        follows: 'position',
      },
    ],
  ] as const)
    test(title, () => assert.deepEqual(channelFrom(row, alone), wanted))

  test('without the GTIDs of a server where not every transaction has one', () => {
    for (const mode of ['OFF', 'OFF_PERMISSIVE', 'ON_PERMISSIVE', undefined]) {
      const applying = applyingFrom(new Map(mode === undefined ? [] : [['gtid_mode', mode]]), [])
      assert.equal(channelFrom(mysql57, applying).gtid, '')
    }
    assert.equal(channelFrom(mysql57, applyingFrom(new Map([['gtid_mode', 'ON']]), [])).gtid, 'a:1-5,b:1')
  })

  test('whatever the case of the columns', () => {
    const shouted = Object.fromEntries(
      Object.entries(mysql57).map(([name, value]) => [name.toUpperCase(), value]),
    )
    assert.deepEqual(channelFrom(shouted, alone), channel)
  })
})

describe('with parallel workers of MySQL', () => {
  const at = (file: string, position: number, name = '') => ({ channel: name, file, position })
  const preserved = (...all: readonly ReturnType<typeof at>[]): Workers => ({ order: 'preserved', at: all })

  for (const [title, workers, file, position, positionIs] of [
    [
      'the last worker tells how far it is',
      preserved(at('', 0), at('binlog.000007', 1400), at('binlog.000007', 1300)),
      'binlog.000007',
      1400,
      'exact',
    ],
    [
      'one that has done nothing since the start does not',
      preserved(at('', 0), at('binlog.000007', 1187)),
      'binlog.000007',
      1187,
      'exact',
    ],
    [
      'the number of the file counts before the position in it',
      preserved(at('binlog.000008', 200), at('binlog.000007', 1400)),
      'binlog.000008',
      200,
      'exact',
    ],
    [
      'files are compared as numbers',
      preserved(at('binlog.1000000', 4), at('binlog.999999', 1400)),
      'binlog.1000000',
      4,
      'exact',
    ],
    [
      'those of another channel do not count',
      preserved(at('binlog.000009', 4, 'eu'), at('binlog.000007', 4)),
      'binlog.000007',
      1187,
      'exact',
    ],
    [
      'that are not shown, it may be further',
      { order: 'preserved', at: 'cannot tell' },
      'binlog.000007',
      1187,
      'not exact',
    ],
    [
      'that commit in any order, none tells',
      { order: 'not preserved', at: [at('binlog.000007', 1400)] },
      'binlog.000007',
      1187,
      'not exact',
    ],
  ] as const)
    test(title, () => {
      const found = channelFrom(mysql57, { ...alone, workers })
      assert.deepEqual([found.file, found.position, found.positionIs], [file, position, positionIs])
    })

  for (const [title, row, rows] of [
    ['that have no row at all, it may be further', { Auto_Position: 0 }, []],
    ['that never write down where they are (GTID_ONLY), it may be further', {}, [at('', 0), at('', 0)]],
  ] as const)
    test(title, () => {
      const found = channelFrom({ ...mysql57, ...row }, { ...alone, workers: preserved(...rows) })
      assert.deepEqual([found.position, found.positionIs], [1187, 'not exact'])
    })

  test('a stopped SQL thread has told it itself, at its last checkpoint', () => {
    const found = channelFrom(
      { ...mysql57, Slave_SQL_Running: 'No' },
      { ...alone, workers: preserved(at('binlog.000007', 9_000)) },
    )
    assert.deepEqual([found.position, found.positionIs], [1187, 'exact'])
  })
})

describe('the workers are', () => {
  const rows = [{ Channel_name: 'eu', Master_log_name: 'binlog.000007', Master_log_pos: 1400 }]
  const there = [{ channel: 'eu', file: 'binlog.000007', position: 1400 }]
  for (const [title, variables, given, wanted] of [
    ['none where one thread applies', { slave_parallel_workers: '0' }, rows, null],
    ['none on a server that has none', {}, rows, null],
    [
      'in order, where they are',
      { slave_parallel_workers: '4', slave_preserve_commit_order: 'ON', relay_log_info_repository: 'TABLE' },
      rows,
      { order: 'preserved', at: there },
    ],
    [
      'named as replicas are since 8.0.26, in tables since 8.4',
      { replica_parallel_workers: '4', replica_preserve_commit_order: 'ON' },
      rows,
      { order: 'preserved', at: there },
    ],
    [
      'in files, where they cannot be seen',
      { slave_parallel_workers: '4', slave_preserve_commit_order: 'ON', relay_log_info_repository: 'FILE' },
      rows,
      { order: 'preserved', at: 'cannot tell' },
    ],
    [
      'not shown to this account',
      { replica_parallel_workers: '4', replica_preserve_commit_order: 'ON' },
      'cannot tell',
      { order: 'preserved', at: 'cannot tell' },
    ],
    [
      'in any order',
      { slave_parallel_workers: '4', slave_preserve_commit_order: 'OFF' },
      rows,
      { order: 'not preserved', at: there },
    ],
  ] as const)
    test(title, () =>
      assert.deepEqual(applyingFrom(new Map(Object.entries(variables)), given).workers, wanted),
    )
})

describe('a MariaDB that does not show its replication', () => {
  for (const [title, status, commands, wanted] of [
    [
      'was never told of a source',
      { Slave_heartbeat_period: '0.000', Slaves_running: '0' },
      ['Query'],
      false,
    ],
    [
      'has one on its default connection',
      { Slave_heartbeat_period: '30.000', Slaves_running: '0' },
      [],
      true,
    ],
    ['applies', { Slave_heartbeat_period: '0.000', Slaves_running: '1' }, [], true],
    ['fetches', { Slave_heartbeat_period: '0.000', Slaves_running: '0' }, ['Sleep', 'Slave_IO'], true],
    ['tells nothing', {}, [], false],
  ] as const)
    test(`${title}: it ${wanted ? 'may be a' : 'is no'} replica`, () =>
      assert.equal(looksLikeReplica(new Map(Object.entries(status)), commands), wanted))
})

describe('under BACKUP STAGE', () => {
  test('a running channel is not exact, and its GTID is not said', () => {
    assert.deepEqual(underLock('backup-stage', channel), { ...channel, positionIs: 'not exact', gtid: '' })
  })
  test('a stopped one is', () => {
    const still = { ...channel, sqlThread: 'stopped' } as const
    assert.deepEqual(underLock('backup-stage', still), still)
  })
  test('and it is alone in that', () => {
    for (const lock of lockNames.filter((one) => one !== 'backup-stage'))
      assert.deepEqual(underLock(lock, channel), channel)
  })
})

const anyChannel = record<ReplicaChannel>({
  name: fc.string(),
  source: fc.string(),
  file: fc.string(),
  position: fc.nat(),
  positionIs: fc.constantFrom('exact', 'not exact'),
  gtid: fc.string(),
  follows: fc.constantFrom('GTID', 'position'),
  sqlThread: fc.constantFrom('running', 'stopped'),
})

describe('in a file', () => {
  test('every channel is read back', () =>
    fc.assert(fc.property(anyChannel, (one) => isReplicaChannel(JSON.parse(JSON.stringify(one))))))

  test('one that lacks anything is none', () =>
    fc.assert(
      fc.property(anyChannel, fc.constantFrom(...Object.keys(channel)), (one, lacking) => {
        const { [lacking]: _, ...rest }: Record<string, unknown> = { ...one }
        return !isReplicaChannel(rest)
      }),
    ))

  for (const [what, wanted] of [
    ['unknown', true],
    [[], true],
    [[channel, { ...channel, name: 'eu' }], true],
    [[channel, {}], false],
    ['none', false],
    [null, false],
  ] as const)
    test(`${JSON.stringify(what)} is ${wanted ? '' : 'no '}replication`, () =>
      assert.equal(isReplication(what), wanted))
})

describe('for people', () => {
  for (const [change, wanted] of [
    [{}, 'binlog.000007:1187 of 10.0.0.5:3306'],
    [{ name: 'eu' }, 'binlog.000007:1187 of 10.0.0.5:3306 (channel eu)'],
    [{ positionIs: 'not exact' }, 'binlog.000007:1187 or later of 10.0.0.5:3306'],
    [{ file: '', position: 0 }, 'nothing applied of 10.0.0.5:3306'],
  ] as const)
    test(`a channel is at ${wanted}`, () => assert.equal(formatChannel({ ...channel, ...change }), wanted))

  test('the default channel has no name', () => {
    assert.equal(nameOfChannel(''), 'the default channel')
    assert.equal(nameOfChannel('eu'), 'channel eu')
  })
})

describe('compared with itself at the thaw, a channel is', () => {
  const bare = { gtid: '' }
  for (const [title, before, after, wanted] of [
    ['equal where it stands still', {}, {}, 'equal'],
    ['moved where its GTID did', {}, { gtid: 'a:1-6,b:1' }, 'moved'],
    ['moved where it has lost its GTID', {}, bare, 'moved'],
    [
      'equal by its GTID where a new file of the source has moved its position',
      {},
      { file: 'binlog.000008', position: 4 },
      'equal',
    ],
    ['equal by its position where it has no GTID', bare, bare, 'equal'],
    ['moved by its position where it has no GTID', bare, { ...bare, position: 1188 }, 'moved'],
    ['moved by its file where it has no GTID', bare, { ...bare, file: 'binlog.000008' }, 'moved'],
    [
      'not to be told where neither says it',
      { ...bare, positionIs: 'not exact' },
      { ...bare, position: 1188 },
      'cannot tell',
    ],
    [
      'not to be told where it is not exact at the thaw',
      bare,
      { ...bare, positionIs: 'not exact' },
      'cannot tell',
    ],
  ] as const)
    test(title, () =>
      assert.equal(compareChannels({ ...channel, ...before }, { ...channel, ...after }), wanted),
    )
})
