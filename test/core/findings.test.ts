import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { abilityFrom, findingsFromVariables, probeTable } from '../../src/core/findings.ts'

describe('a probe releases what nobody holds, and its answer tells whether the lock can be had:', () => {
  for (const [name, errno, ability, what] of [
    ['instanceLock', null, 'can', 'no error'],
    ['instanceLock', 1227, 'may not', 'ER_SPECIFIC_ACCESS_DENIED_ERROR'],
    ['instanceLock', 1064, 'cannot', 'ER_PARSE_ERROR'],
    ['backupStage', null, 'can', 'no error'],
    ['backupStage', 4146, 'can', 'ER_BACKUP_NOT_RUNNING'],
    ['backupStage', 1227, 'may not', 'ER_SPECIFIC_ACCESS_DENIED_ERROR'],
    ['backupStage', 1064, 'cannot', 'ER_PARSE_ERROR'],
  ] as const)
    test(`${probeTable[name].say}: ${what} is ${ability}`, () =>
      assert.equal(abilityFrom(probeTable[name], errno), ability))
})

const ownThreads = { threadPool: null, adminPort: null }

describe('the variables tell', () => {
  for (const [what, rows, found] of [
    [
      'nothing of a server that has none of them',
      [],
      { backupLocks: false, binaryLog: 'off', galera: false, maxConnections: Infinity, ...ownThreads },
    ],
    [
      'Percona Server with backup locks',
      [
        ['have_backup_locks', 'YES'],
        ['log_bin', 'ON'],
        ['max_connections', '151'],
      ],
      { backupLocks: true, binaryLog: 'on', galera: false, maxConnections: 151, ...ownThreads },
    ],
    [
      'a Galera node',
      [
        ['wsrep_on', 'ON'],
        ['wsrep_provider', '/usr/lib/galera/libgalera_smm.so'],
        ['max_connections', '60'],
      ],
      { backupLocks: false, binaryLog: 'off', galera: true, maxConnections: 60, ...ownThreads },
    ],
    [
      'a build for Galera that is no node',
      [
        ['wsrep_on', 'ON'],
        ['wsrep_provider', 'none'],
        ['max_connections', '60'],
      ],
      { backupLocks: false, binaryLog: 'off', galera: false, maxConnections: 60, ...ownThreads },
    ],
    [
      'a node that is switched off',
      [
        ['wsrep_on', 'OFF'],
        ['wsrep_provider', '/usr/lib/galera/libgalera_smm.so'],
        ['max_connections', '60'],
      ],
      { backupLocks: false, binaryLog: 'off', galera: false, maxConnections: 60, ...ownThreads },
    ],
  ] as const)
    test(what, () =>
      assert.deepEqual(
        findingsFromVariables(new Map<string, string>(rows.map(([name, value]) => [name, value]))),
        found,
      ),
    )
})
