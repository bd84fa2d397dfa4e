import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDiskEvidence, onDisk } from '../../../src/core/disk/disk-evidence.ts'

const synced = [
  { name: '/', type: 'ext4', ms: 3.12 },
  { name: '/data', type: 'xfs', ms: 41.4 },
]

describe('the check "on disk" is', () => {
  test('yes where each file system was synced, with how long it took', () => {
    assert.deepEqual(onDisk({ synced, before: 1551, doubts: [] }), {
      name: 'on disk',
      result: 'yes',
      seen: 'synced under the lock: / (ext4) in 3.1 ms, /data (xfs) in 41 ms; before the lock in 1.6 s',
    })
  })

  test('yes, too, where the sync before the lock was not over in time', () => {
    assert.equal(
      onDisk({ synced: synced.slice(0, 1), before: null, doubts: [] }).seen,
      'synced under the lock: / (ext4) in 3.1 ms; the sync before the lock was not over in time',
    )
  })

  test('unknown where there is a doubt, with all of them', () => {
    assert.deepEqual(onDisk({ synced, before: 1, doubts: ['one', 'another'] }), {
      name: 'on disk',
      result: 'unknown',
      seen: 'one; another',
    })
  })

  test('unknown where nothing was synced', () => {
    assert.equal(onDisk({ synced: [], before: 1, doubts: [] }).result, 'unknown')
  })
})

test('evidence of something else is none', () => {
  assert.ok(isDiskEvidence({ synced, before: null, doubts: [] }))
  for (const other of [
    null,
    { synced, before: null },
    { synced: [{ name: '/' }], before: 1, doubts: [] },
    { synced, before: '1', doubts: [] },
    { synced, before: 1, doubts: [1] },
  ])
    assert.equal(isDiskEvidence(other), false)
})
