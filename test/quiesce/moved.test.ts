import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { BinaryLogEvent } from '../../src/core/binary-log-events.ts'
import { never, refuses } from '../support/fake/database.ts'
import { type Guest, guest } from '../support/fake/guest.ts'

const dropped: BinaryLogEvent = {
  type: 'Query',
  info: 'DROP TEMPORARY TABLE IF EXISTS `s`.`x`',
  begin: 2400,
  end: 2500,
}

describe('a binary log that moved under the lock', () => {
  test('by temporary tables alone leaves the verdict yes, and says so', async () => {
    const { thaw } = await movedAt((g) => (g.answers.binaryLogEvents = () => [dropped]))
    assert.equal(thaw.consistent, 'yes')
    assert.deepEqual(
      thaw.checks
        .filter(({ name }) => ['coordinates equal', 'GTID equal'].includes(name))
        .map(({ seen }) => seen),
      [
        'the binary log moved from binlog.000042:2400 to binlog.000042:2500, by DROP TEMPORARY TABLE alone (1 in the log), which no lock keeps from the binary log',
        'moved from a-server:1-14 to a-server:1-25 by temporary tables alone',
      ],
    )
  })

  for (const [what, told, answer] of [
    ['by a write', /by Query INSERT; look: SHOW BINLOG EVENTS/, () => [{ ...dropped, info: 'INSERT' }]],
    [
      'by what may not be read',
      /could not be read \(no privilege\)/,
      refuses('privilege-missing', 'no privilege'),
    ],
    ['by what is not told in time', /could not be read \(no answer within 2000 ms\)/, () => never],
  ] as readonly (readonly [string, RegExp, Guest['answers']['binaryLogEvents']])[])
    test(`${what} makes it no`, async () => {
      const { thaw } = await movedAt((g) => (g.answers.binaryLogEvents = answer!))
      assert.equal(thaw.consistent, 'no')
      assert.match(thaw.checks.find(({ name }) => name === 'coordinates equal')?.seen ?? '', told)
    })

  test('is asked about when the lock is gone: writers do not wait for it', async () => {
    const { g } = await movedAt((one) => (one.answers.binaryLogEvents = () => never))
    const [grant] = g.server.lock.grants
    assert.ok((grant?.until ?? Infinity) - 5000 < 500)
  })
})

/** Frozen, and thawed with another position than that of the freeze. */
async function movedAt(prepare: (g: Guest) => void) {
  const g = guest()
  prepare(g)
  await g.ended(g.freeze())
  await g.schedule.pass(5000 - g.schedule.now())
  const { uuid } = g.server.identity
  const at = { file: 'binlog.000042', position: 2500, gtid: 'a-server:1-25' }
  g.answers.read = () => ({ connection: 2, uuid, coordinates: at })
  const thawed = await g.ended(g.thaw())
  assert.ok(thawed.what === 'thawed')
  return { g, thaw: thawed.verdict }
}
