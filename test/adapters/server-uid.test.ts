import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { identify } from '../../src/adapters/database.ts'
import { holderOver } from '../../src/adapters/holder.ts'
import type { Link, Row } from '../../src/adapters/mysql.ts'
import { Failure } from '../../src/core/failure.ts'
import { chooseLock } from '../../src/core/lock-choice.ts'
import { plainFindings } from '../support/findings.ts'

// MariaDB got server_uid in a patch release of each series. None without it can be had for the tests, so one is told of here; that
// those with it say it is tested with real servers, in database.test.ts.

describe('a MariaDB of a patch release without server_uid', () => {
  test('is known by its version, and has no uuid', async () => {
    const { family, version, uuid } = await identify(linkTo('10.6.18-MariaDB'))
    assert.deepEqual([family, version, uuid], ['mariadb', '10.6.18-MariaDB', null])
  })

  test('is asked for its coordinates without it', async () => {
    const link = linkTo('10.6.18-MariaDB')
    const server = await identify(link)
    const plan = chooseLock('ftwrl', { server, findings: plainFindings })
    const { uuid, coordinates } = await holderOver(link, { plan, server }).read()
    assert.deepEqual([uuid, coordinates], [null, { file: 'binlog.000001', position: 4, gtid: '0-1-1' }])
  })
})

/** Refuses what names the variable outright, as the server does. */
function linkTo(version: string): Link {
  const answer = (statement: string): readonly Row[] => {
    if (/@@.*server_uid/.test(statement))
      throw new Failure('statement-failed', `${statement} failed: Unknown system variable 'server_uid'`)
    if (statement.startsWith('SELECT VERSION()'))
      return [{ version, comment: 'MariaDB Server', account: 'q@localhost' }]
    if (statement.startsWith('SELECT')) return [{ connection: 7, gtid: '0-1-1' }]
    return statement === 'SHOW MASTER STATUS' ? [{ File: 'binlog.000001', Position: 4 }] : []
  }
  return {
    id: 7,
    where: '/run/a.sock',
    transport: { kind: 'socket', path: '/run/a.sock' },
    lost: new AbortController().signal,
    ask: async (statement) => answer(statement),
    askBoth: async ([one, other]) => [answer(one), answer(other)],
    [Symbol.asyncDispose]: async () => {},
  }
}
