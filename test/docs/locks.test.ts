import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { lockNames } from '../../src/core/lock-table.ts'
import { settingTable } from '../../src/core/settings.ts'
import { serverNames } from '../servers/catalog.ts'
import { lockTable } from '../../src/core/lock-table.ts'
import { dialectMarkdown, enginesMarkdown, locksMarkdown } from './lock-tables.ts'
import { checkNames } from '../support/check-names.ts'

const page = readFileSync(new URL('../../docs/locks.md', import.meta.url), 'utf8')

test('docs/locks.md has the table of locks as the code has it', () => {
  assert.ok(page.includes(locksMarkdown()), locksMarkdown())
})

test('docs/locks.md has what else is said differently as the code has it', () => {
  assert.ok(page.includes(dialectMarkdown()), dialectMarkdown())
})

test('docs/locks.md has the table of engines as the code has it', () => {
  assert.ok(page.includes(enginesMarkdown()), enginesMarkdown())
})

test('every lock of the table can be set, and auto', () => {
  assert.deepEqual([...settingTable.lock.choices].toSorted(), ['auto', ...lockNames].toSorted())
})

test('what a row of the table is said to have run on is among the servers of the tests', () => {
  for (const { ranOn } of lockTable)
    for (const name of ranOn)
      assert.ok(
        serverNames.some((known) => known === name),
        name,
      )
})

test('docs/locks.md explains every check of a verdict', () => {
  for (const name of [
    ...checkNames.ofRun,
    ...checkNames.ofServer,
    'all tables transactional',
    'let go by the thaw',
  ])
    assert.ok(page.includes(`| ${name} |`), name)
})
