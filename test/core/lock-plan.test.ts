import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lockPlanFor } from '../../src/core/lock-plan.ts'

describe('FLUSH TABLES WITH READ LOCK', () => {
  for (const [family, version, coordinates, gtid, uuid, waitsForReaders, session] of [
    ['mysql', '5.5.62', 'SHOW MASTER STATUS', null, null, true, []],
    ['mysql', '5.6.24-log', 'SHOW MASTER STATUS', null, '@@GLOBAL.server_uuid', true, []],
    [
      'mysql',
      '5.7.29-log',
      'SHOW MASTER STATUS',
      null,
      '@@GLOBAL.server_uuid',
      true,
      ['max_execution_time = 0'],
    ],
    ['mysql', '8.0.29', 'SHOW MASTER STATUS', null, '@@GLOBAL.server_uuid', true, ['max_execution_time = 0']],
    [
      'percona',
      '8.0.36-28',
      'SHOW MASTER STATUS',
      null,
      '@@GLOBAL.server_uuid',
      true,
      ['max_execution_time = 0'],
    ],
    [
      'mysql',
      '8.2.0',
      'SHOW BINARY LOG STATUS',
      null,
      '@@GLOBAL.server_uuid',
      true,
      ['max_execution_time = 0'],
    ],
    [
      'mysql',
      '8.4.8',
      'SHOW BINARY LOG STATUS',
      null,
      '@@GLOBAL.server_uuid',
      true,
      ['max_execution_time = 0'],
    ],
    [
      'mysql',
      '9.7.4-2',
      'SHOW BINARY LOG STATUS',
      null,
      '@@GLOBAL.server_uuid',
      true,
      ['max_execution_time = 0'],
    ],
    [
      'mariadb',
      '10.3.39-MariaDB',
      'SHOW MASTER STATUS',
      '@@GLOBAL.gtid_binlog_pos',
      null,
      true,
      ['max_statement_time = 0'],
    ],
    [
      'mariadb',
      '10.4.34-MariaDB',
      'SHOW MASTER STATUS',
      '@@GLOBAL.gtid_binlog_pos',
      null,
      false,
      ['max_statement_time = 0'],
    ],
    [
      'mariadb',
      '10.5.29-MariaDB-0+deb11u1-log',
      'SHOW MASTER STATUS',
      '@@GLOBAL.gtid_binlog_pos',
      '@@GLOBAL.server_uid',
      false,
      ['max_statement_time = 0'],
    ],
    [
      'mariadb',
      '10.11.19-MariaDB-log',
      'SHOW MASTER STATUS',
      '@@GLOBAL.gtid_binlog_pos',
      '@@GLOBAL.server_uid',
      false,
      ['max_statement_time = 0'],
    ],
    [
      'mariadb',
      '11.8.6-MariaDB-0+deb13u1 from Debian-log',
      'SHOW MASTER STATUS',
      '@@GLOBAL.gtid_binlog_pos',
      '@@GLOBAL.server_uid',
      false,
      ['max_statement_time = 0'],
    ],
  ] as const) {
    test(`on ${family} ${version} waits ${waitsForReaders ? 'also' : 'not'} for readers; the coordinates are ${coordinates}${gtid ? ` and ${gtid}` : ''}`, () => {
      const plan = lockPlanFor({ family, version })
      assert.deepEqual(
        [plan.lock, plan.unlock, plan.coordinates, plan.gtid, plan.uuid, plan.waitsForReaders, plan.session],
        ['FLUSH TABLES WITH READ LOCK', 'UNLOCK TABLES', coordinates, gtid, uuid, waitsForReaders, session],
      )
    })
  }

  test('is seen in performance_schema as two locks on MySQL, as one of several kinds on MariaDB', () => {
    const seen = (['mysql', 'mariadb'] as const).map(
      (family) => lockPlanFor({ family, version: '10.11.0' }).seenAs,
    )
    assert.deepEqual(seen, [
      { rows: "OBJECT_TYPE IN ('GLOBAL', 'COMMIT') AND LOCK_TYPE = 'SHARED'", objectTypes: 2 },
      { rows: "OBJECT_TYPE = 'BACKUP' AND LOCK_TYPE LIKE 'BACKUP_FTWRL%'", objectTypes: 1 },
    ])
  })

  test('does not wait for a cluster, where there is one', () => {
    for (const family of ['mysql', 'mariadb'] as const)
      assert.deepEqual(lockPlanFor({ family, version: '10.11.0' }).sessionIfThere, ['wsrep_sync_wait = 0'])
  })
})
