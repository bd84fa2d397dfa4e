import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { formatDuration, parseDuration } from '../../src/core/duration.ts'

describe('a duration', () => {
  for (const [text, milliseconds] of [
    ['90s', 90_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1.5s', 1500],
    ['0.25h', 900_000],
    ['1.005s', 1005],
    ['3', 3000],
    ['0', 0],
    ['0.001', 1],
    [' 7 s ', 7000],
  ] as const) {
    test(`'${text}' is ${milliseconds} ms`, () => {
      assert.equal(parseDuration(text), milliseconds)
    })
  }

  for (const text of [
    '',
    's',
    '3x',
    '-1s',
    '1s2',
    '1m30s',
    '1,5s',
    '.5s',
    '1.s',
    '1e3',
    '0x10',
    'Infinity',
    '3S',
    '0.5ms',
  ]) {
    test(`'${text}' is none, and the message repeats it`, () => {
      assert.throws(() => parseDuration(text), {
        code: 'bad-setting',
        message: `'${text}' is not a duration (90s, 500ms, 2m, 1h)`,
      })
    })
  }

  test('of more hours than a number can count is none', () => {
    assert.throws(() => parseDuration('9'.repeat(20)), { code: 'bad-setting' })
  })

  for (const [milliseconds, text] of [
    [0, '0s'],
    [1, '1ms'],
    [999, '999ms'],
    [1500, '1.5s'],
    [60_000, '1m'],
    [90_000, '90s'],
    [7_200_000, '2h'],
  ] as const) {
    test(`of ${milliseconds} ms is written '${text}'`, () => {
      assert.equal(formatDuration(milliseconds), text)
    })
  }

  test('is read back as what was written', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e9 }), (milliseconds) => {
        assert.equal(parseDuration(formatDuration(milliseconds)), milliseconds)
      }),
    )
  })
})
