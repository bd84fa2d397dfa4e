import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { recorderIn } from '../../src/adapters/recorder.ts'
import type { CoordinatesRecord } from '../../src/core/world.ts'
import { aRecord } from '../support/a-record.ts'
import { hardTimesAreMissing, inHardTimes } from '../support/hard-times.ts'
import { asOrdinaryUser } from '../support/ordinary-user.ts'

const withGtid = { file: 'binlog.000042', position: 1187, gtid: 'a:1-11' }
const record: CoordinatesRecord = {
  ...aRecord,
  servers: [{ ...aRecord.servers[0]!, coordinates: withGtid }],
}
const both = ['binlog_info', 'coordinates.json']
const skip = hardTimesAreMissing()

describe('a record', () => {
  test('is coordinates.json, for programs, and binlog_info, as xtrabackup writes it', async () => {
    await inFolder(async (folder) => {
      await write(folder, record)
      assert.deepEqual(JSON.parse(readFileSync(join(folder, 'coordinates.json'), 'utf8')), record)
      assert.equal(readFileSync(join(folder, 'binlog_info'), 'utf8'), 'binlog.000042\t1187\ta:1-11\n')
      assert.deepEqual(readdirSync(folder).toSorted(), both)
    })
  })

  test('is readable for nobody else, in a directory that is made for it', async () => {
    await inFolder(async (folder) => {
      const directory = join(folder, 'lib', 'mysql-quiesce')
      await write(directory, record)
      assert.equal(statSync(directory).mode & 0o777, 0o700)
      for (const file of both) assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600)
    })
  })

  test('of a server without a binary log has an empty binlog_info', async () => {
    await inFolder(async (folder) => {
      await write(folder, record)
      await write(folder, { ...record, servers: [{ ...record.servers[0]!, coordinates: null }] })
      assert.equal(readFileSync(join(folder, 'binlog_info'), 'utf8'), '')
      assert.equal(
        JSON.parse(readFileSync(join(folder, 'coordinates.json'), 'utf8')).servers[0].coordinates,
        null,
      )
    })
  })

  test('replaces the one before it, whether it is longer or shorter', async () => {
    await inFolder(async (folder) => {
      for (const length of [10_000, 10, 5000, 0]) {
        const gtid = 'x'.repeat(length)
        const coordinates = { file: 'b', position: 4, gtid }
        await write(folder, { ...record, servers: [{ ...record.servers[0]!, coordinates }] })
        assert.equal(readFileSync(join(folder, 'binlog_info'), 'utf8'), `b\t4\t${gtid}\n`)
      }
    })
  })

  test('is not there before it is written, and the one before it stays, with no draft left', async () => {
    await inFolder(async (folder) => {
      await write(folder, record)
      {
        await using _unwritten = await recorderIn(folder).open(1)
        assert.deepEqual(
          readdirSync(folder).toSorted(),
          [...both, ...both.map((file) => `${file}.new`)].toSorted(),
        )
      }
      assert.deepEqual(readdirSync(folder).toSorted(), both)
      assert.deepEqual(JSON.parse(readFileSync(join(folder, 'coordinates.json'), 'utf8')), record)
    })
  })

  test('is written over the draft that a dead locker has left', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'coordinates.json.new'), 'x'.repeat(9000))
      await write(folder, record)
      assert.deepEqual(readdirSync(folder).toSorted(), both)
      assert.deepEqual(JSON.parse(readFileSync(join(folder, 'coordinates.json'), 'utf8')), record)
    })
  })
})

describe('a record that cannot be written', () => {
  for (const [what, seen, spoil] of [
    ['the directory is a file', 'file already exists (EEXIST)', (at) => writeFileSync(at, '')],
    [
      'a directory is in its place',
      'illegal operation on a directory (EISDIR)',
      (at) => mkdirSync(join(at, 'binlog_info.new'), { recursive: true }),
    ],
  ] as readonly (readonly [string, string, (at: string) => void])[])
    test(`fails when it is opened, before the lock, and leaves no draft: ${what}`, async () => {
      await inFolder(async (folder) => {
        const directory = join(folder, 'records')
        spoil(directory)
        await assert.rejects(recorderIn(directory).open(1), {
          code: 'record-dir-unusable',
          message: `the coordinates cannot be recorded in ${directory}: ${seen}`,
        })
        if (statSync(directory).isDirectory()) assert.deepEqual(readdirSync(directory), ['binlog_info.new'])
      })
    })

  test('fails where the directory may not be written', async () => {
    await inFolder(async (folder) => {
      chmodSync(folder, 0o555)
      const opening = () => recorderIn(folder).open(1)
      await assert.rejects(asOrdinaryUser(opening), {
        code: 'record-dir-unusable',
        message: /permission denied/,
      })
      chmodSync(folder, 0o700)
    })
  })

  test('fails where its place is taken by a directory, when it is written', async () => {
    await inFolder(async (folder) => {
      mkdirSync(join(folder, 'coordinates.json', 'x'), { recursive: true })
      await assert.rejects(write(folder, record), { code: 'record-dir-unusable' })
      assert.deepEqual(
        readdirSync(folder).filter((file) => file.endsWith('.new')),
        [],
      )
    })
  })

  for (const deed of [
    'open a record on a full disk',
    'open a record on a disk with room for one file of the two',
  ])
    test(`fails when it is opened, with nothing left (${deed})`, { skip }, async () => {
      await inFolder(async (folder) => {
        assert.deepEqual(inHardTimes('a tiny disk', deed, folder), [
          'record-dir-unusable: the coordinates cannot be recorded in : no space left on device (ENOSPC)',
          [],
        ])
      })
    })

  test('does not fail on a disk that has become full since it was opened', { skip }, async () => {
    await inFolder(async (folder) => {
      const [code, files, written] = Object(
        inHardTimes('a tiny disk', 'write a record on a disk that has become full', folder),
      )
      assert.deepEqual([code, files, written.run], ['done', both, 'run-1'])
    })
  })

  test('but of which only a part fits does, and the one before it stays whole', { skip }, async () => {
    await inFolder(async (folder) => {
      const deed = 'write a longer record on a disk that has become full'
      const [code, files, { servers }] = Object(inHardTimes('a tiny disk', deed, folder))
      assert.match(code, /^record-dir-unusable: .*no space left on device/)
      assert.deepEqual(
        [files, servers[0].coordinates],
        [both, { file: 'binlog.000042', position: 1187, gtid: '' }],
      )
    })
  })
})

async function write(folder: string, what: CoordinatesRecord): Promise<void> {
  await using open = await recorderIn(folder).open(1)
  await open.write(what)
}

async function inFolder(play: (folder: string) => Promise<void>): Promise<void> {
  await withDir(async ({ path }) => play(path), { unsafeCleanup: true })
}
