import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withSection } from './page.ts'

const section = (text: string) => `<!-- bench: sets -->\n\n${text}\n\n<!-- end of sets -->`

test('a section is replaced where the page has it, and the rest is left as it is', () => {
  const page = `before\n\n${section('old')}\n\nafter\n`
  assert.equal(withSection(page, { name: 'sets', text: 'new' }), `before\n\n${section('new')}\n\nafter\n`)
})

test('a section that is not there comes last', () => {
  assert.equal(withSection('', { name: 'sets', text: 'new' }), `${section('new')}\n`)
  assert.equal(withSection('before\n', { name: 'sets', text: 'new' }), `before\n\n${section('new')}\n`)
})
