import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { Coordinates } from '../../src/core/coordinates.ts'
import { type Check, conclude, type Evidence, firstReason, judge } from '../../src/core/verdict.ts'
import { anyEvidence } from '../support/any-evidence.ts'

const here: Coordinates = { file: 'binlog.000042', position: 1187, gtid: 'a:1-7' }
const held: Evidence = {
  ending: 'let-go',
  heldFor: '5.0 s',
  connection: { atFreeze: 7, atThaw: 7 },
  coordinates: { atFreeze: here, atThaw: here },
  lockSeen: true,
}

describe('the verdict is', () => {
  for (const [what, change, consistent, reason] of [
    ['nothing speaks against it', {}, 'yes', 'nothing speaks against it'],
    ['the server cannot show its lock', { lockSeen: 'cannot-tell' }, 'yes', 'nothing speaks against it'],
    [
      'the binary log is off, and stays off',
      { coordinates: { atFreeze: null, atThaw: null } },
      'yes',
      'nothing speaks against it',
    ],
    [
      'the hold expired',
      { ending: 'expired' },
      'no',
      'the hold expired after 5.0 s, before the snapshot was over',
    ],
    [
      'the locker was stopped',
      { ending: 'stopped' },
      'no',
      'locktables was stopped after 5.0 s, before the snapshot was over',
    ],
    [
      'pre-freeze-script died',
      { ending: 'leash-broken' },
      'no',
      'pre-freeze-script died before the snapshot began',
    ],
    [
      'the connection was lost',
      { ending: 'connection-lost' },
      'no',
      'the connection that held the lock was lost within 5.0 s',
    ],
    ['there was no lock', { ending: 'failed' }, 'no', 'the lock was never there'],
    [
      'another connection answers',
      { connection: { atFreeze: 7, atThaw: 8 } },
      'no',
      'connection 7 took the lock, connection 8 answered',
    ],
    [
      'the connection does not answer',
      { connection: { atFreeze: 7, atThaw: null } },
      'unknown',
      'connection 7 did not answer at the thaw',
    ],
    [
      'the position moved',
      { coordinates: { atFreeze: here, atThaw: { ...here, position: 1188 } } },
      'no',
      'the binary log moved from binlog.000042:1187 to binlog.000042:1188',
    ],
    [
      'the binary log is in another file',
      { coordinates: { atFreeze: here, atThaw: { ...here, file: 'binlog.000043' } } },
      'no',
      'the binary log moved from binlog.000042:1187 to binlog.000043:1187',
    ],
    [
      'the GTID set moved',
      { coordinates: { atFreeze: here, atThaw: { ...here, gtid: 'a:1-8' } } },
      'no',
      'the GTID set moved from a:1-7 to a:1-8',
    ],
    [
      'the binary log was switched off',
      { coordinates: { atFreeze: here, atThaw: null } },
      'no',
      'the binary log moved from binlog.000042:1187 to no binary log',
    ],
    [
      'the binary log was switched on',
      { coordinates: { atFreeze: null, atThaw: here } },
      'no',
      'the binary log moved from no binary log to binlog.000042:1187',
    ],
    [
      'the coordinates could not be read',
      { coordinates: { atFreeze: here, atThaw: 'not-asked' } },
      'unknown',
      'the coordinates could not be read at the thaw',
    ],
    [
      'the server shows no lock',
      { lockSeen: false },
      'no',
      'performance_schema.metadata_locks shows no global read lock of this session',
    ],
    [
      'the server did not say whether it has the lock',
      { lockSeen: 'not-asked' },
      'unknown',
      'the server did not say whether it still has the lock',
    ],
  ] as readonly (readonly [string, Partial<Evidence>, string, string])[]) {
    test(`${consistent} where ${what}`, () => {
      const verdict = judge({ ...held, ...change })
      assert.deepEqual([verdict.consistent, firstReason(verdict)], [consistent, reason])
    })
  }

  test('no rather than unknown, and then the reason is what says no', () => {
    const verdict = judge({ ...held, lockSeen: false, connection: { atFreeze: 7, atThaw: null } })
    assert.equal(verdict.consistent, 'no')
    assert.match(firstReason(verdict), /^performance_schema/)
  })

  test('yes only where the lock was let go, on one connection, with coordinates that did not move', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const { ending, connection, coordinates, lockSeen } = evidence
        if (judge(evidence).consistent !== 'yes') return
        assert.equal(ending, 'let-go')
        assert.equal(connection.atThaw, connection.atFreeze)
        assert.deepEqual(coordinates.atThaw, coordinates.atFreeze)
        assert.ok(lockSeen === true || lockSeen === 'cannot-tell')
      }),
    )
  })

  test('always of the same four checks, each with what was seen', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const { checks } = judge(evidence)
        assert.deepEqual(
          checks.map(({ name }) => name),
          ['held until let go', 'same connection', 'coordinates unmoved', 'lock seen by the server'],
        )
        assert.ok(checks.every(({ seen }) => seen !== ''))
      }),
    )
  })
})

describe('checks together say', () => {
  const checks = (...results: readonly Check['result'][]): Check[] =>
    results.map((result) => ({ name: 'a check', result, seen: result }))

  for (const [results, consistent] of [
    [['yes'], 'yes'],
    [['yes', 'not-applicable'], 'yes'],
    [['yes', 'unknown'], 'unknown'],
    [['yes', 'no', 'unknown'], 'no'],
    [['not-applicable'], 'unknown'],
    [[], 'unknown'],
  ] as const)
    test(`${consistent} where they are ${results.join(', ') || 'none'}`, () =>
      assert.equal(conclude(checks(...results)).consistent, consistent))

  test('never yes where one says no or unknown', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('yes', 'no', 'unknown', 'not-applicable')), (results) => {
        const { consistent } = conclude(checks(...results))
        assert.equal(consistent === 'no', results.includes('no'))
        if (results.includes('unknown')) assert.notEqual(consistent, 'yes')
      }),
    )
  })
})
