import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { binaryLogDoubt, isSizeOf } from '../../../src/core/disk/binary-log-size.ts'

const here = { file: 'binlog.000003', position: 1187, gtid: '' }

describe("the size of the binary log shows that a path is the server's", () => {
  for (const [bytes, before, after, is] of [
    [1187, 1187, 1187, true],
    [1186, 1187, 1187, false],
    [1188, 1187, 1187, false],
    [1500, 1187, 2000, true],
    [2600, 1187, 2000, false],
    [1187 + 512, 1187, 1187, true],
  ] as const)
    test(`${bytes} bytes, between ${before} and ${after}: ${is}`, () =>
      assert.equal(isSizeOf(bytes, { position: before }, { position: after }), is))

  test('under a lock that keeps coordinates still, it is the position', () => {
    assert.equal(binaryLogDoubt(1187, here, 'stable'), null)
    assert.equal(
      binaryLogDoubt(999, here, 'stable'),
      "binlog.000003 is 999 bytes long, and the server is at 1187: the files that were synced are not this server's",
    )
  })

  test('under one that lets commits go on, it is not less', () => {
    assert.equal(binaryLogDoubt(5000, here, 'not stable'), null)
    assert.match(binaryLogDoubt(999, here, 'not stable') ?? '', /^binlog\.000003 is 999 bytes long/)
  })

  test('a file that is not there shows that it is not', () => {
    assert.equal(
      binaryLogDoubt(null, here, 'stable'),
      'the binary log binlog.000003 is not where the server says that it is',
    )
  })
})
