import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { render, shQuote } from '../../src/bundle/render.ts'

/** Characters that mean something to sh, and some that do not. */
const awkward = Array.from(`ab '"\\$()\`*?!~{}#;&|<>\n\t=é`)

const template = (text: string) => ({ name: 'templates/a.sh', text })

describe('a template', () => {
  test('has each name replaced by its value, wherever it stands', () => {
    assert.equal(render(template('{{a}}-{{b}}-{{a}}'), { a: '1', b: '2' }), '1-2-1')
  })

  test('takes a value as it is: nothing in it is a name or a pattern', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('{{a}}', '{{b}}', '$&', '$1')), (value) => {
        assert.equal(render(template('<{{a}}>'), { a: value }), `<${value}>`)
      }),
    )
  })

  test('fails when it asks for a name that has no value', () => {
    assert.throws(() => render(template('{{a}} {{b}}'), { a: '1' }), {
      code: 'build-failed',
      message: 'templates/a.sh asks for {{b}}, which has no value',
    })
  })

  test('fails when it asks for what every object has', () => {
    assert.throws(() => render(template('{{constructor}}'), {}), { code: 'build-failed' })
  })

  test('fails when a value is given that it does not ask for', () => {
    assert.throws(() => render(template('{{a}}'), { a: '1', b: '2' }), {
      code: 'build-failed',
      message: 'templates/a.sh has no {{b}}, but a value for it was given',
    })
  })
})

describe('a quoted word', () => {
  test('is the text itself to sh, whatever is in it', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom(...awkward) }), {
      minLength: 1,
    })
    fc.assert(
      fc.property(texts, (words) => {
        const script = `printf '%s\\0' ${words.map(shQuote).join(' ')}`
        assert.equal(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }), `${words.join('\0')}\0`)
      }),
      { numRuns: 50 },
    )
  })
})
