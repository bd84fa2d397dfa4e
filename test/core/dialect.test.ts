import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dialectOf, forChannel } from '../../src/core/dialect.ts'

const [old, recent] = ['SHOW MASTER STATUS', 'SHOW BINARY LOG STATUS']
const uuid = 'server_uuid'
const uid = 'server_uid'
const position = '@@GLOBAL.gtid_binlog_pos'

describe('a server is spoken to in its own dialect:', () => {
  for (const [family, version, coordinates, gtid, id, noTimeLimit] of [
    ['mysql', '5.5.62', old, null, uuid, null],
    ['mysql', '5.6.24-log', old, null, uuid, null],
    ['percona', '5.6.51-91.0-log', old, null, uuid, null],
    ['mysql', '5.7.29-log', old, null, uuid, 'max_execution_time = 0'],
    ['percona', '5.7.44-48', old, null, uuid, 'max_execution_time = 0'],
    ['mysql', '8.0.29', old, null, uuid, 'max_execution_time = 0'],
    ['percona', '8.0.36-28', old, null, uuid, 'max_execution_time = 0'],
    ['mysql', '8.2.0', recent, null, uuid, 'max_execution_time = 0'],
    ['mysql', '8.4.8', recent, null, uuid, 'max_execution_time = 0'],
    ['percona', '8.4.0-1', recent, null, uuid, 'max_execution_time = 0'],
    ['mysql', '9.7.4-2', recent, null, uuid, 'max_execution_time = 0'],
    ['mariadb', '5.5.68-MariaDB', old, null, uid, null],
    ['mariadb', '10.3.39-MariaDB', old, position, uid, 'max_statement_time = 0'],
    ['mariadb', '10.4.34-MariaDB', old, position, uid, 'max_statement_time = 0'],
    ['mariadb', '10.5.29-MariaDB-0+deb11u1-log', old, position, uid, 'max_statement_time = 0'],
    ['mariadb', '10.11.19-MariaDB-log', old, position, uid, 'max_statement_time = 0'],
    ['mariadb', '11.8.6-MariaDB-0+deb13u1 from Debian-log', old, position, uid, 'max_statement_time = 0'],
  ] as const)
    test(`${family} ${version} by ${[coordinates, gtid, id, noTimeLimit].filter(Boolean).join(', ')}`, () => {
      const told = dialectOf({ family, version })
      assert.deepEqual(
        [told.coordinates, told.gtid, told.uuid, told.noTimeLimit],
        [coordinates, gtid, id, noTimeLimit],
      )
    })
})

describe('others’ statements are ended with the privilege', () => {
  for (const [family, version, privilege] of [
    ['mysql', '5.7.29', 'SUPER'],
    ['percona', '8.0.36-28', 'CONNECTION_ADMIN'],
    ['mysql', '9.7.4', 'CONNECTION_ADMIN'],
    ['mariadb', '10.4.34-MariaDB', 'SUPER'],
    ['mariadb', '10.5.29-MariaDB', 'CONNECTION ADMIN'],
  ] as const)
    test(`${privilege} on ${family} ${version}`, () =>
      assert.equal(dialectOf({ family, version }).mayKill, privilege))
})

describe('a replica is asked, stopped and started', () => {
  for (const [family, version, status, stop, workers, maySee, mayStop] of [
    ['mysql', '5.6.24', 'SHOW SLAVE STATUS', 'STOP SLAVE SQL_THREAD', false, 'REPLICATION CLIENT', 'SUPER'],
    [
      'mysql',
      '5.7.29',
      'SHOW SLAVE STATUS',
      "STOP SLAVE SQL_THREAD FOR CHANNEL 'eu'",
      false,
      'REPLICATION CLIENT',
      'SUPER',
    ],
    [
      'percona',
      '8.0.21-12',
      'SHOW SLAVE STATUS',
      "STOP SLAVE SQL_THREAD FOR CHANNEL 'eu'",
      true,
      'REPLICATION CLIENT',
      'REPLICATION_SLAVE_ADMIN',
    ],
    [
      'mysql',
      '8.0.22',
      'SHOW REPLICA STATUS',
      "STOP REPLICA SQL_THREAD FOR CHANNEL 'eu'",
      true,
      'REPLICATION CLIENT',
      'REPLICATION_SLAVE_ADMIN',
    ],
    [
      'mysql',
      '9.7.4',
      'SHOW REPLICA STATUS',
      "STOP REPLICA SQL_THREAD FOR CHANNEL 'eu'",
      true,
      'REPLICATION CLIENT',
      'REPLICATION_SLAVE_ADMIN',
    ],
    [
      'mariadb',
      '5.5.68-MariaDB',
      'SHOW SLAVE STATUS',
      'STOP SLAVE SQL_THREAD',
      false,
      'REPLICATION CLIENT',
      'SUPER',
    ],
    [
      'mariadb',
      '10.4.34-MariaDB',
      'SHOW ALL SLAVES STATUS',
      "STOP SLAVE 'eu' SQL_THREAD",
      false,
      'REPLICATION CLIENT',
      'SUPER',
    ],
    [
      'mariadb',
      '10.5.8-MariaDB',
      'SHOW ALL SLAVES STATUS',
      "STOP SLAVE 'eu' SQL_THREAD",
      false,
      'REPLICATION SLAVE ADMIN',
      'REPLICATION SLAVE ADMIN',
    ],
    [
      'mariadb',
      '10.11.14-MariaDB',
      'SHOW ALL SLAVES STATUS',
      "STOP SLAVE 'eu' SQL_THREAD",
      false,
      'REPLICA MONITOR',
      'REPLICATION SLAVE ADMIN',
    ],
  ] as const)
    test(`on ${family} ${version} by ${status} (${maySee}) and ${stop} (${mayStop})`, () => {
      const told = dialectOf({ family, version })
      assert.equal(told.replicaStatus, status)
      assert.equal(forChannel(told.stopSqlThread, 'eu'), stop)
      assert.equal(forChannel(told.startSqlThread, 'eu'), stop.replace('STOP', 'START'))
      assert.equal(told.workerPositions !== null, workers)
      assert.deepEqual([told.maySeeReplica, told.mayStopSqlThread], [maySee, mayStop])
    })

  test('by a name that cannot end the quotes it stands in', () => {
    assert.equal(
      forChannel('STOP SLAVE {channel} SQL_THREAD', "a'b\\c$&"),
      "STOP SLAVE 'a''b\\\\c$&' SQL_THREAD",
    )
  })
})
