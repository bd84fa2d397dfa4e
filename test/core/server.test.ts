import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { familyOf, isAtLeast } from '../../src/core/server.ts'

describe('the family of a server', () => {
  for (const [version, comment, family] of [
    ['5.6.24-log', 'MySQL Community Server (GPL)', 'mysql'],
    ['5.7.29-log', 'MySQL Community Server (GPL)', 'mysql'],
    ['8.0.29', 'MySQL Community Server - GPL', 'mysql'],
    ['9.7.4-2', '(Debian)', 'mysql'],
    ['8.0.36-28', 'Percona Server (GPL), Release 28, Revision 47601f19', 'percona'],
    ['5.7.44-48-log', 'Percona Server (GPL), Release 48, Revision 497f936a373', 'percona'],
    ['10.5.29-MariaDB-0+deb11u1-log', 'Debian 11', 'mariadb'],
    ['10.11.19-MariaDB-log', 'MariaDB Server', 'mariadb'],
    ['11.8.6-MariaDB-0+deb13u1 from Debian-log', '-- Please help get to 10k stars', 'mariadb'],
    ['5.5.5-10.6.12-MariaDB', 'MariaDB Server', 'mariadb'],
  ] as const)
    test(`of version ${version} (${comment}) is ${family}`, () =>
      assert.equal(familyOf(version, comment), family))
})

describe('a server is at least of a version', () => {
  for (const [version, wanted, is] of [
    ['5.6.24-log', '5.6', true],
    ['5.6.24-log', '5.7', false],
    ['5.7.8-rc', '5.7.8', true],
    ['5.7.7-rc', '5.7.8', false],
    ['5.7.29-log', '5.7.8', true],
    ['8.0.36-28', '8.2', false],
    ['8.0.36-28', '8.0.36', true],
    ['8.0.36-28', '8.0.37', false],
    ['8.2.0', '8.2', true],
    ['8.4.8', '8.2', true],
    ['9.7.4-2', '8.2', true],
    ['9.7.4-2', '9.7.4', true],
    ['9.7', '9.7.1', false],
    ['9', '8.2', true],
    ['10.3.39-MariaDB', '10.4', false],
    ['10.4.0-MariaDB', '10.4', true],
    ['10.11.19-MariaDB-log', '10.4', true],
    ['10.11.19-MariaDB-log', '10.5.26', true],
    ['10.5.25-MariaDB', '10.5.26', false],
    ['11.8.6-MariaDB-0+deb13u1 from Debian-log', '10.5.26', true],
    ['11.8.6-MariaDB-0+deb13u1 from Debian-log', '11.8.7', false],
    // behind a proxy, MariaDB 10 says of itself what old clients want to hear
    ['5.5.5-10.6.12-MariaDB', '10.4', true],
    ['5.5.5-10.3.12-MariaDB', '10.4', false],
    ['5.5.5-m3', '5.6', false],
    ['', '5.6', false],
    ['unknown', '5.6', false],
  ] as const)
    test(`${version || 'nothing'} is ${is ? '' : 'not '}at least ${wanted}`, () =>
      assert.equal(isAtLeast({ version }, wanted), is))
})
