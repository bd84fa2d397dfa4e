import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { howToShow, staysShut, waitsForTables } from '../../src/core/not-shown.ts'
import type { Family } from '../../src/core/server.ts'

describe('where nobody can be named it is said how the server shows who it is:', () => {
  for (const [family, version, how] of [
    ['mariadb', '10.11.6-MariaDB', /^INSTALL SONAME 'metadata_lock_info'/],
    ['mysql', '5.6.51', /^this server cannot show who has locks/],
    [
      'mysql',
      '5.7.44',
      /^GRANT SELECT ON performance_schema\.\* TO 'quiesce'@'localhost' .*, with UPDATE performance_schema/,
    ],
    [
      'percona',
      '8.4.0',
      /^GRANT SELECT ON performance_schema\.\* TO 'quiesce'@'localhost' shows who has locks$/,
    ],
  ] as const)
    test(`${family} ${version}`, () => assert.match(howToShow(server(family, version), 'none'), how))

  test('and where it does show locks, that it shows nobody', () => {
    assert.match(howToShow(server('mysql', '9.7.0'), 'metadata_locks'), /^the server shows no session/)
  })
})

describe('a refused lock that waited for tables', () => {
  test('is told by the state of its session', () => {
    assert.ok(waitsForTables({ state: 'Waiting for table flush', tablesInUse: [] }))
    assert.ok(!waitsForTables({ state: 'Waiting for global read lock', tablesInUse: [] }))
  })

  test('leaves those shut that are in use, as far as the account sees', () => {
    assert.equal(
      staysShut({ state: '', tablesInUse: ['shop.orders'] }),
      'shop.orders stays shut, for readers too, until the session that uses it ends',
    )
    assert.match(
      staysShut({ state: '', tablesInUse: [] }),
      /^a table that this account does not see in use stays shut/,
    )
  })
})

function server(family: Family, version: string) {
  return { family, version, uuid: null, account: 'quiesce@localhost' }
}
