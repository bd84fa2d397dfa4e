import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asText } from '../grid.ts'
import { summary } from '../statistics.ts'
import { dirtyIn } from './dirt.ts'
import { dirtyGrid, type DirtyMeasured, isReached } from './dirty-table.ts'

const measured = (ours: number, bare: number, before?: number): DirtyMeasured => ({
  server: 'mariadb-11.8',
  megabytes: 1500,
  leastDirty: 1.6e9,
  stalls: {
    ours: summary([ours]),
    bare: summary([bare]),
    before: before === undefined ? undefined : summary([before]),
  },
  pauses: { ours: summary([40]), bare: summary([0]), before: undefined },
})

for (const [what, one, is] of [
  ['a tenth of both', measured(100, 1000, 1500), true],
  ['a tenth of the one that could be measured', measured(100, 1000), true],
  ['more than a tenth of the bare lock', measured(101, 1000, 1500), false],
  ['more than a tenth of what was before', measured(100, 1500, 999), false],
  ['a tenth while too little was dirty', { ...measured(100, 1000), leastDirty: 1.3e9 }, false],
] as const)
  test(`${what} is ${is ? '' : 'not '}reached`, () => assert.equal(isReached(one), is))

test('the table has a line for each that was measured, and what ours is of it', () => {
  const text = asText(dirtyGrid(measured(100, 1600)))
  assert.match(text, /^lock, FIFREEZE +1 +1 600 +1 600 +0\.063 +0\.0 +0\.0$/m)
  assert.match(text, /^mysql-quiesce, FIFREEZE +1 +100 +100 +40\.0 +40\.0 +ok$/m)
  assert.doesNotMatch(text, /before there was a sync/)
})

test('what is dirty is told by the kernel', () => {
  assert.equal(dirtyIn('MemFree:  5 kB\nDirty:             12 kB\nWriteback: 7 kB\n'), 12 * 1024)
  assert.throws(() => dirtyIn('MemFree:  5 kB\n'), /does not tell what is dirty/)
})
