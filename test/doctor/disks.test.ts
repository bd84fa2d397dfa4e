import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileSystem } from '../../src/core/disk/disk-evidence.ts'
import { Failure } from '../../src/core/failure.ts'
import { type DiskFacts, judgeDisks } from '../../src/doctor/checks/disks.ts'
import { lookAtDisks } from '../../src/doctor/look/disks.ts'

const data: FileSystem = { device: 2, path: '/data/mysql', name: '/data', type: 'xfs' }
const root: FileSystem = { device: 1, path: '/var/lib', name: '/', type: 'ext4' }
const well: DiskFacts = {
  found: { fileSystems: [data, root], doubts: [] },
  record: root,
  sync: '/usr/bin/sync',
}

describe('the doctor says whether a freeze can tell that all is on disk:', () => {
  for (const [what, change, seen] of [
    [
      'each file system of the server, and that of the record',
      {},
      [
        ['on disk', 'ok', 'synced at every freeze: /data (xfs), / (ext4)'],
        ['record', 'ok', 'is on / (ext4), so the record is in the snapshot'],
      ],
    ],
    [
      'not where the server is on another machine',
      { found: { fileSystems: [], doubts: ['the data directory /data is not on this machine'] } },
      [
        ['on disk', 'problem', 'the data directory /data is not on this machine'],
        ['record', 'ok', 'is on / (ext4), so the record is in the snapshot'],
      ],
    ],
    [
      'not where the record is elsewhere',
      { found: { fileSystems: [data], doubts: [] } },
      [
        ['on disk', 'ok', 'synced at every freeze: /data (xfs)'],
        [
          'record',
          'problem',
          'record-dir is on / (ext4), where the server (/data) has no file, so the record may not be in the snapshot',
        ],
      ],
    ],
    [
      'not where nothing can sync',
      { sync: null },
      [
        ['sync', 'problem', 'there is no sync program'],
        ['on disk', 'ok', 'synced at every freeze: /data (xfs), / (ext4)'],
        ['record', 'ok', 'is on / (ext4), so the record is in the snapshot'],
      ],
    ],
    [
      'nothing where it could not ask',
      {
        found: new Failure('privilege-missing', 'no PROCESS'),
        record: new Failure('internal', 'no such folder'),
      },
      [['on disk', 'not-applicable', 'no PROCESS']],
    ],
    [
      'nothing of a record-dir that it could not look at',
      { record: new Failure('internal', 'no such folder') },
      [
        ['on disk', 'ok', 'synced at every freeze: /data (xfs), / (ext4)'],
        ['record', 'not-applicable', 'no such folder'],
      ],
    ],
  ] as readonly (readonly [string, Partial<DiskFacts>, readonly (readonly string[])[]])[])
    test(what, () =>
      assert.deepEqual(
        judgeDisks({ ...well, ...change }).map((check) => [check.name, check.result, check.seen]),
        seen,
      ),
    )
})

test('a record-dir that is still to be made is on the file system of the folder that it is made in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quiesce-doctor-'))
  try {
    const there = await lookAtDisks(Promise.reject(new Failure('privilege-missing', 'no')), folder)
    const missing = await lookAtDisks(
      Promise.reject(new Failure('privilege-missing', 'no')),
      join(folder, 'not/yet'),
    )
    assert.deepEqual(missing.record, there.record)
    assert.ok(!(there.record instanceof Failure))
    assert.match(there.sync ?? '', /sync$|busybox$/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
