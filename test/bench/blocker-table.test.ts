import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asText } from './grid.ts'
import { blockerGrid, type BlockerMeasured, isTooLong } from './blocker-table.ts'

const refused: BlockerMeasured = {
  server: 'mysql-5.7',
  lock: 'ftwrl',
  blocker: 'a 60 s SELECT',
  outcome: 'refused',
  took: 2900,
  writers: 1020,
  readers: 3,
}

for (const [what, change, is] of [
  ['a stall of lock-wait and a bit', {}, false],
  ['one of more than half a second on top', { writers: 1501 }, true],
  ['readers that are stalled', { readers: 1501 }, true],
  ['the hold of a freeze that was frozen', { outcome: 'frozen', took: 2000, writers: 2100 }, false],
  ['half a second more than that', { outcome: 'frozen', took: 2000, writers: 2501 }, true],
] as const)
  test(`${what} is ${is ? '' : 'not '}too long`, () => assert.equal(isTooLong({ ...refused, ...change }), is))

test('the table has a line for each', () => {
  const lines = asText(blockerGrid([refused, { ...refused, writers: 9000 }])).split('\n')
  assert.match(lines[0] ?? '', /no attempt may stall for more than 1500 ms$/)
  assert.match(lines.at(-2) ?? '', /^mysql-5\.7 +ftwrl +a 60 s SELECT +refused +2 900 +1 020 +3\.0 +ok$/)
  assert.match(lines.at(-1) ?? '', /TOO LONG$/)
})
