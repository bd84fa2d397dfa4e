import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { flushStatusFrom, isFlushed, lsnsFrom } from '../../src/core/flush.ts'

/** The LOG section of SHOW ENGINE INNODB STATUS, as each server printed it. */
const sections = {
  '5.6.24-log': `Log sequence number 1639057
Log flushed up to   1639042
Pages flushed up to 1636414
Last checkpoint at  1636414
0 pending log writes, 0 pending chkp writes
22 log i/o's done, 1.00 log i/o's/second`,
  '5.7.29-log': `Log sequence number 2638170
Log flushed up to   2638155
Pages flushed up to 2637572
Last checkpoint at  2637563
0 pending log flushes, 0 pending chkp writes
29 log i/o's done, 1.90 log i/o's/second`,
  '8.0.29': `Log sequence number          19340795
Log buffer assigned up to    19340795
Log buffer completed up to   19340795
Log written up to            19340795
Log flushed up to            19340795
Added dirty pages up to      19340795
Pages flushed up to          19336722
Last checkpoint at           19336722
101 log i/o's done, 11.22 log i/o's/second`,
  '9.7.4-2': `Log capacity                 33554432
Log capacity used            33554432
Log sequence number          19440122
Log buffer assigned up to    19440122
Log buffer completed up to   19440122
Log written up to            19439192
Log flushed up to            19439192
Added dirty pages up to      19440122
Pages flushed up to          19436358
Last checkpoint at           19436358
Log minimum file id is       18
Log maximum file id is       18
108 log i/o's done, 4.50 log i/o's/second`,
  '10.5.29-MariaDB-0+deb11u1-log': `Log sequence number 49754
Log flushed up to   49656
Pages flushed up to 45091
Last checkpoint at  45079
0 pending log flushes, 0 pending chkp writes
18 log i/o's done, 0.32 log i/o's/second`,
  '10.11.19-MariaDB-0+deb12u1-log': `Log sequence number 49642
Log flushed up to   49574
Pages flushed up to 44864
Last checkpoint at  44848`,
  '11.8.6-MariaDB-0+deb13u1 from Debian-log': `Log sequence number 50335
Log flushed up to   50269
Pages flushed up to 45586
Last checkpoint at  45570`,
}

describe('the log sequence numbers', () => {
  for (const [version, lsn, flushedLsn] of [
    ['5.6.24-log', 1_639_057, 1_639_042],
    ['5.7.29-log', 2_638_170, 2_638_155],
    ['8.0.29', 19_340_795, 19_340_795],
    ['9.7.4-2', 19_440_122, 19_439_192],
    ['10.5.29-MariaDB-0+deb11u1-log', 49_754, 49_656],
    ['10.11.19-MariaDB-0+deb12u1-log', 49_642, 49_574],
    ['11.8.6-MariaDB-0+deb13u1 from Debian-log', 50_335, 50_269],
  ] as const) {
    test(`are read from the INNODB STATUS of ${version}`, () => {
      const status = `---\nLOG\n---\n${sections[version]}\n----------------------\nBUFFER POOL AND MEMORY\n`
      assert.deepEqual(lsnsFrom(status), { lsn, flushedLsn })
    })
  }

  test('are not there in a status without them', () => {
    for (const status of ['', 'the Log sequence number 7', 'Log sequence number 7\nLog flushed up to x'])
      assert.equal(lsnsFrom(status), null)
  })

  test('are read from SHOW GLOBAL STATUS, where it has them, with the dirty blocks of MyISAM and Aria', () => {
    const rows = new Map([
      ['Key_blocks_not_flushed', '44'],
      ['Aria_pagecache_blocks_not_flushed', '3'],
      ['Innodb_lsn_current', '49754'],
      ['Innodb_lsn_flushed', '49656'],
    ])
    assert.deepEqual(flushStatusFrom(rows), { dirtyBlocks: 47, lsn: 49_754, flushedLsn: 49_656 })
  })

  test('are null where it has not', () => {
    assert.deepEqual(flushStatusFrom(new Map()), { dirtyBlocks: 0, lsn: null, flushedLsn: null })
  })
})

describe('what was written up to 100 is on disk', () => {
  for (const [dirtyBlocks, flushedLsn, is] of [
    [0, 100, true],
    [0, 200, true],
    [0, 99, false],
    [1, 100, false],
    [0, null, false],
  ] as const)
    test(`${is ? '' : 'not '}with ${dirtyBlocks} dirty blocks and the log flushed up to ${flushedLsn}`, () =>
      assert.equal(isFlushed({ dirtyBlocks, lsn: 300, flushedLsn }, 100), is))

  test('or there is no InnoDB: then the dirty blocks alone count', () => {
    for (const dirtyBlocks of [0, 1])
      assert.equal(isFlushed({ dirtyBlocks, lsn: null, flushedLsn: null }, null), dirtyBlocks === 0)
  })
})
