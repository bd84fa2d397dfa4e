import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { oneLine } from '../../src/core/one-line.ts'

for (const [text, line] of [
  ['SELECT 1', 'SELECT 1'],
  ['SELECT\n\t 1', 'SELECT 1'],
  ['\x07\x1b[31mred', ' [31mred'],
  ['a\r\u2028\u0085b\x7f\x9bc', 'a b c'],
  ['Größe 漢字', 'Größe 漢字'],
] as const)
  test(`${JSON.stringify(text)} is said as ${JSON.stringify(line)}`, () => assert.equal(oneLine(text), line))

test('no text moves the cursor, rings a bell, or ends the line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) =>
      assert.doesNotMatch(oneLine(text), /\p{Cc}|\u2028|\u2029/u),
    ),
  )
})
