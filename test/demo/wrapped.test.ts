import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { wrapped } from './wrapped.ts'

const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 })
const indent = fc.integer({ min: 0, max: 20 })

test('a text that is wrapped has the same words in the same order', () => {
  fc.assert(
    fc.property(words, indent, (text, spaces) => {
      assert.deepEqual(wrapped(text.join(' '), { width: 40, indent: spaces }).split(/\s+/), text)
    }),
  )
})

test('no line is wider than told, and each but the first is indented', () => {
  fc.assert(
    fc.property(words, indent, (text, spaces) => {
      const [first, ...others] = wrapped(text, { width: 40, indent: spaces }).split('\n')
      assert.ok(spaces + first!.length <= 40)
      for (const line of others) assert.match(line, new RegExp(`^ {${spaces}}[^ ].{0,${39 - spaces}}$`))
    }),
  )
})

test('a word that is longer than a line is not broken', () => {
  assert.equal(wrapped('a toolongword b', { width: 8, indent: 2 }), 'a\n  toolongword\n  b')
})

test('words that are given as words stay together', () => {
  assert.equal(
    wrapped(['lock 1.0 ms,', 'unlock 2.0 ms'], { width: 14, indent: 0 }),
    'lock 1.0 ms,\nunlock 2.0 ms',
  )
})
