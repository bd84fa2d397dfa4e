import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { faults } from './faults.ts'
import { faultsPage } from './faults-page.ts'
import { matrix } from './matrix.ts'

test('docs/faults.md is what the matrix prints', () => {
  const page = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8')
  assert.equal(page, faultsPage(), 'npm run faults:doc prints it anew')
})

test('every fault that can be done is in the matrix, once', () => {
  assert.deepEqual(matrix.map(({ fault }) => fault).toSorted(), Object.keys(faults).toSorted())
})
