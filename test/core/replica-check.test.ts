import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServerEvidence } from '../../src/core/checks.ts'
import { replicaEqual } from '../../src/core/replica-check.ts'
import type { ReplicaChannel, Replication } from '../../src/core/replica.ts'
import { aChannel } from '../support/a-channel.ts'

const channel = aChannel
const moved: ReplicaChannel = { ...channel, position: 1400 }
const eu: ReplicaChannel = { ...channel, name: 'eu', source: '10.0.0.6:3306', gtid: 'a:1-7', follows: 'GTID' }
const inexact: ReplicaChannel = { ...channel, positionIs: 'not exact' }

function judged(atFreeze: Replication, atThaw: Replication, coordinates: 'stable' | 'not stable' = 'stable') {
  const plan: ServerEvidence['plan'] = { lock: 'ftwrl', take: [], coordinates }
  return replicaEqual({ plan, replica: { atFreeze, atThaw } })
}

describe('what a replica has applied is at the thaw what it was at the freeze:', () => {
  for (const [title, before, after, result, seen] of [
    ['it stood still', [channel], [channel], 'yes', 'binlog.000007:1187 of 10.0.0.5:3306 at freeze and thaw'],
    [
      'every channel stood still',
      [channel, eu],
      [eu, channel],
      'yes',
      'binlog.000007:1187 of 10.0.0.5:3306, binlog.000007:1187 of 10.0.0.6:3306 (channel eu) at freeze and thaw',
    ],
    [
      'it moved, so the lock was not there',
      [channel],
      [moved],
      'no',
      'replication moved from binlog.000007:1187 of 10.0.0.5:3306 to binlog.000007:1400 of 10.0.0.5:3306',
    ],
    [
      'one of several moved',
      [channel, eu],
      [channel, { ...eu, gtid: 'a:1-8' }],
      'no',
      'replication moved from binlog.000007:1187 of 10.0.0.6:3306 (channel eu), GTID a:1-7 to binlog.000007:1187 of 10.0.0.6:3306 (channel eu), GTID a:1-8',
    ],
    ['a channel is gone', [channel, eu], [channel], 'no', 'channel eu is no longer there'],
    ['replication began', [], [channel], 'no', '1 more channels than at the freeze'],
    ['it is no replica', [], [], 'not-applicable', 'the server is no replica'],
    [
      'nobody can tell where parallel workers without GTIDs are',
      [inexact],
      [{ ...inexact, position: 1400 }],
      'not-applicable',
      'no position is exact under this lock, with these workers',
    ],
    [
      'one that nobody can tell does not speak for or against the others',
      [inexact, eu],
      [{ ...inexact, position: 1400 }, eu],
      'yes',
      'binlog.000007:1187 or later of 10.0.0.5:3306, binlog.000007:1187 of 10.0.0.6:3306 (channel eu) at freeze and thaw',
    ],
    [
      'it did not say under the lock',
      'unknown',
      [channel],
      'unknown',
      'how far replication is could not be asked under the lock; the log says whether it is for want of REPLICA MONITOR or REPLICATION SLAVE ADMIN or REPLICATION CLIENT',
    ],
    [
      'it did not say at the thaw',
      [channel],
      'unknown',
      'unknown',
      'how far replication is could not be asked at the thaw; the log says whether it is for want of REPLICA MONITOR or REPLICATION SLAVE ADMIN or REPLICATION CLIENT',
    ],
  ] as const satisfies readonly (readonly [string, Replication, Replication, string, string])[])
    test(title, () =>
      assert.deepEqual(judged(before, after), { name: 'replica position equal', result, seen }),
    )

  test('a lock that lets commits go on lets those of a replica go on', () => {
    for (const after of [[channel], [moved], 'unknown'] as const)
      assert.equal(judged([channel], after, 'not stable').result, 'not-applicable')
  })
})
