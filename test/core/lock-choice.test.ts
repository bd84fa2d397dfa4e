import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describeWhere } from '../../src/core/by-server.ts'
import type { Findings } from '../../src/core/findings.ts'
import { chooseLock, whereShown } from '../../src/core/lock-choice.ts'
import { lockNames, lockTable } from '../../src/core/lock-table.ts'
import type { Family } from '../../src/core/server.ts'
import { plainFindings } from '../support/findings.ts'

const findings: Findings = { ...plainFindings, instanceLock: 'can', backupStage: 'can' }
const flush = 'FLUSH TABLES WITH READ LOCK'
const instance = 'LOCK INSTANCE FOR BACKUP'
const stages = ['START', 'FLUSH', 'BLOCK_DDL', 'BLOCK_COMMIT'].map((stage) => `BACKUP STAGE ${stage}`)
const percona = ['LOCK TABLES FOR BACKUP', 'LOCK BINLOG FOR BACKUP']

type Row = readonly [Family, string, string, Partial<Findings>, readonly string[], readonly string[], string]

const rows: readonly Row[] = [
  ['mysql', '5.6.24', 'ftwrl', {}, [flush], ['UNLOCK TABLES'], 'all'],
  ['mysql', '5.7.29', 'ftwrl', {}, [flush], ['UNLOCK TABLES'], 'all'],
  ['mysql', '8.0.36', 'ftwrl', {}, [instance, flush], ['UNLOCK TABLES', 'UNLOCK INSTANCE'], 'all'],
  ['mysql', '8.4.8', 'ftwrl', {}, [instance, flush], ['UNLOCK TABLES', 'UNLOCK INSTANCE'], 'all'],
  ['mysql', '9.7.4', 'ftwrl', { instanceLock: 'may not' }, [flush], ['UNLOCK TABLES'], 'all'],
  ['percona', '8.0.36-28', 'ftwrl', { galera: true }, [flush], ['UNLOCK TABLES'], 'all'],
  ['percona', '8.4.0-1', 'ftwrl', {}, [instance, flush], ['UNLOCK TABLES', 'UNLOCK INSTANCE'], 'all'],
  ['mariadb', '10.3.39-MariaDB', 'ftwrl', {}, [flush], ['UNLOCK TABLES'], 'all'],
  ['mariadb', '10.4.34-MariaDB', 'ftwrl', {}, [flush], ['UNLOCK TABLES'], 'writes'],
  ['mariadb', '10.4.34-MariaDB', 'backup-stage', {}, stages, ['BACKUP STAGE END'], 'ddl'],
  ['mariadb', '11.8.6-MariaDB', 'backup-stage', {}, stages, ['BACKUP STAGE END'], 'ddl'],
  ['mysql', '8.0.36', 'instance', {}, [instance], ['UNLOCK INSTANCE'], 'ddl'],
  [
    'percona',
    '5.6.51',
    'backup-locks',
    { backupLocks: true },
    percona,
    ['UNLOCK BINLOG', 'UNLOCK TABLES'],
    'ddl',
  ],
  [
    'percona',
    '5.7.44',
    'backup-locks',
    { backupLocks: true },
    percona,
    ['UNLOCK BINLOG', 'UNLOCK TABLES'],
    'ddl',
  ],
  ['percona', '5.7.44', 'ftwrl', { backupLocks: true }, [flush], ['UNLOCK TABLES'], 'all'],
]

describe('a lock that is set is taken as this server does it:', () => {
  for (const [family, version, lock, found, take, release, waitsFor] of rows)
    test(`${lock} on ${family} ${version}${told(found)} by ${take.join('; ')}`, () => {
      const plan = chooseLock(
        lockNames.find((name) => name === lock) ?? 'auto',
        asked(family, version, found),
      )
      assert.deepEqual(
        [plan.lock, plan.take.map(({ say }) => say), plan.release, plan.waitsFor],
        [lock, take, release, waitsFor],
      )
      assert.match(plan.why, new RegExp(`^lock is set to ${lock}`))
    })

  test('with what it does without, and why', () => {
    const { why } = chooseLock('ftwrl', asked('mysql', '9.7.4', { instanceLock: 'may not' }))
    assert.equal(
      why,
      'lock is set to ftwrl; LOCK INSTANCE FOR BACKUP needs MySQL 8 and the privilege BACKUP_ADMIN',
    )
  })
})

describe('a lock that this server cannot do is a failure that names what it can:', () => {
  for (const [family, version, lock, found, because, can] of [
    ['mysql', '5.7.29', 'backup-stage', {}, 'it is there on MariaDB >= 10.4', 'ftwrl'],
    ['mysql', '5.7.29', 'instance', {}, 'it is there on MySQL and Percona Server >= 8.0', 'ftwrl'],
    ['mysql', '9.7.4', 'backup-locks', {}, 'it is there on Percona Server >= 5.6 < 8.0', 'ftwrl, instance'],
    [
      'mysql',
      '9.7.4',
      'instance',
      { instanceLock: 'may not' },
      'LOCK INSTANCE FOR BACKUP needs MySQL 8 and the privilege BACKUP_ADMIN',
      'ftwrl',
    ],
    [
      'percona',
      '8.0.36-28',
      'instance',
      { galera: true },
      'LOCK INSTANCE FOR BACKUP is not taken on a Galera node (PXC-4799)',
      'ftwrl',
    ],
    ['mariadb', '10.3.39-MariaDB', 'backup-stage', {}, 'it is there on MariaDB >= 10.4', 'ftwrl'],
    [
      'mariadb',
      '10.11.19-MariaDB',
      'backup-stage',
      { galera: true },
      'the appliers of a Galera node may pass by BACKUP STAGE (MDEV-23080)',
      'ftwrl',
    ],
    [
      'mariadb',
      '10.11.19-MariaDB',
      'backup-stage',
      { backupStage: 'cannot' },
      'BACKUP STAGE needs MariaDB >= 10.4 and the privilege RELOAD',
      'ftwrl',
    ],
    ['percona', '5.7.44', 'backup-locks', {}, 'have_backup_locks is not YES', 'ftwrl'],
    [
      'percona',
      '5.7.44',
      'backup-locks',
      { backupLocks: true, binaryLog: 'off' },
      'backup locks stop commits only where the binary log is on',
      'ftwrl',
    ],
    [
      'percona',
      '5.7.44',
      'backup-locks',
      { backupLocks: true, dirtyKeyBlocks: 4 },
      'backup locks close no table, and MyISAM has key blocks that are not on disk (DELAY_KEY_WRITE)',
      'ftwrl',
    ],
  ] as const)
    test(`${lock} on ${family} ${version}${told(found)}`, () => {
      assert.throws(() => chooseLock(lock, asked(family, version, found)), {
        code: 'lock-unavailable',
        message: `${lock} cannot be had on this server (${family} ${version}): ${because}; it can do ${can}`,
      })
    })
})

describe('auto takes the lock that keeps coordinates still and waits for least:', () => {
  for (const [family, version, found, lock, why] of [
    ['mariadb', '10.11.19-MariaDB', {}, 'backup-stage', /^auto: backup-stage waits for no reader/],
    [
      'mariadb',
      '10.11.19-MariaDB',
      { galera: true },
      'ftwrl',
      /no backup-stage: the appliers of a Galera node/,
    ],
    ['mariadb', '10.3.39-MariaDB', {}, 'ftwrl', /no backup-stage: it is there on MariaDB >= 10\.4/],
    [
      'mariadb',
      '10.11.19-MariaDB',
      { isReplica: 'yes' },
      'ftwrl',
      /^auto: ftwrl is the one .*; no backup-stage: under it a replica does not say exactly how far it is/,
    ],
    ['percona', '5.7.44', { backupLocks: true }, 'backup-locks', /^auto: backup-locks waits for no reader/],
    [
      'percona',
      '5.7.44',
      { backupLocks: true, binaryLog: 'off' },
      'ftwrl',
      /no backup-locks: backup locks stop commits only/,
    ],
    [
      'percona',
      '5.7.44',
      { backupLocks: true, dirtyKeyBlocks: 1 },
      'ftwrl',
      /no backup-locks: backup locks close no/,
    ],
    [
      'percona',
      '8.4.0-1',
      { backupLocks: true },
      'ftwrl',
      /no backup-locks: it is there on Percona Server >= 5\.6 < 8/,
    ],
    ['mysql', '5.6.24', {}, 'ftwrl', /^auto: ftwrl is the one/],
    ['mysql', '9.7.4', {}, 'ftwrl', /^auto: ftwrl is the one/],
    [
      'mysql',
      '9.7.4',
      { instanceLock: 'may not' },
      'ftwrl',
      /LOCK INSTANCE FOR BACKUP needs MySQL 8 and the privilege/,
    ],
  ] as const)
    test(`${lock} on ${family} ${version}${told(found)}`, () => {
      const plan = chooseLock('auto', asked(family, version, found))
      assert.equal(plan.lock, lock)
      assert.match(plan.why, why)
    })
})

describe('a lock is looked for', () => {
  for (const [lock, family, version, view, shown] of [
    ['ftwrl', 'mysql', '5.7.29', 'metadata_locks', 'metadata_locks'],
    ['ftwrl', 'mariadb', '10.11.19-MariaDB', 'METADATA_LOCK_INFO', 'METADATA_LOCK_INFO'],
    ['ftwrl', 'mariadb', '10.3.39-MariaDB', 'METADATA_LOCK_INFO', 'none'],
    ['backup-locks', 'percona', '5.7.44', 'metadata_locks', 'none'],
    ['ftwrl', 'mysql', '5.6.24', 'none', 'none'],
  ] as const)
    test(`in ${shown}: ${lock} on ${family} ${version}, which has ${view}`, () => {
      const server = { family, version }
      const plan = chooseLock(lock, { server, findings: { ...findings, backupLocks: true } })
      assert.equal(whereShown(plan, view), shown)
    })
})

describe('the table of locks', () => {
  test('never says that coordinates are stable where commits go on', () => {
    for (const { lock, coordinates } of lockTable)
      assert.equal(coordinates, lock === 'instance' ? 'not stable' : 'stable')
  })

  test('has ftwrl for every server', () => {
    for (const { family, version } of [
      { family: 'mysql', version: '5.1.73' },
      { family: 'percona', version: '5.5.62' },
      { family: 'mariadb', version: '5.5.68' },
    ] as const)
      assert.equal(chooseLock('auto', { server: { family, version }, findings }).lock, 'ftwrl')
  })

  test('says for people where each row applies', () => {
    assert.equal(describeWhere({ on: ['mysql', 'percona'], from: '8.0' }), 'MySQL and Percona Server >= 8.0')
    assert.equal(describeWhere({ on: ['mariadb'], below: '10.4' }), 'MariaDB < 10.4')
  })
})

function asked(family: Family, version: string, found: Partial<Findings>) {
  return { server: { family, version }, findings: { ...findings, ...found } }
}

function told(found: Partial<Findings>): string {
  return Object.entries(found)
    .map(([name, value]) => ` with ${name} ${JSON.stringify(value)}`)
    .join('')
}
