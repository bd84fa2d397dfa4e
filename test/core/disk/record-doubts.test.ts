import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FileSystem } from '../../../src/core/disk/disk-evidence.ts'
import { recordDoubts } from '../../../src/core/disk/record-doubts.ts'

const root: FileSystem = { device: 1, path: '/var/lib/mysql', name: '/', type: 'ext4' }
const data: FileSystem = { device: 2, path: '/data/mysql', name: '/data', type: 'xfs' }
const memory: FileSystem = { device: 3, path: '/run/record', name: '/run', type: 'tmpfs' }

describe('the record is in the snapshot', () => {
  test('where it is on a file system of a server', () => {
    assert.deepEqual(recordDoubts(root, [data, root]), [])
  })

  test('not for sure where it is on another: the advice names a folder', () => {
    assert.deepEqual(recordDoubts(root, [data]), [
      'record-dir is on / (ext4), where the server (/data) has no file, so the record may not be in the snapshot; set record-dir to a folder on the file system of the data directory, such as /data/mysql-quiesce',
    ])
  })

  test('not where it is in memory', () => {
    assert.deepEqual(recordDoubts(memory, [root]), [
      'record-dir is on /run, in memory (tmpfs), so the record is not in the snapshot; set record-dir to a folder on the file system of the data directory, such as /mysql-quiesce',
    ])
  })

  test('as far as can be told of a server that was not found', () => {
    assert.deepEqual(recordDoubts(root, []), [])
    assert.match(recordDoubts(memory, [])[0] ?? '', /the data directory$/)
  })
})
