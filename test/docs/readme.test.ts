import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { exitCodesMarkdown } from '../../src/core/failure-text.ts'
import { settingsMarkdown } from '../../src/core/settings-text.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

test('the README has the table of settings as the code has it', () => {
  assert.ok(readme.includes(settingsMarkdown()), settingsMarkdown())
})

test('the README has the table of exit codes as the code has it', () => {
  assert.ok(readme.includes(exitCodesMarkdown()), exitCodesMarkdown())
})
