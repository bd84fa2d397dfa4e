import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asMarkdown, asText } from '../grid.ts'
import { blockerGrid, type BlockerMeasured, isTooLong, worstGrid } from './blocker-table.ts'

const refused: BlockerMeasured = {
  server: 'mysql-5.7',
  lock: 'ftwrl',
  beside: 'an open HANDLER',
  flushLog: 2,
  outcome: 'refused',
  took: 2900,
  writers: 1020,
  readers: 3,
  readersOfTable: 4,
  after: 5,
}

for (const [what, change, is] of [
  ['a stall of lock-wait and a bit', {}, false],
  ['one of more than half a second on top', { writers: 1501 }, true],
  ['readers that are stalled', { readers: 1501 }, true],
  ['readers of its table that are stalled', { readersOfTable: 1501 }, true],
  ['a table that nobody can read beside it', { readersOfTable: null }, false],
  ['somebody who is stalled after the freeze', { after: 501 }, true],
  ['a lock that was not let go', { outcome: 'not let go' }, true],
] as const)
  test(`${what} is ${is ? '' : 'not '}too long`, () => assert.equal(isTooLong({ ...refused, ...change }), is))

test('the table has a line for each', () => {
  const lines = asText(blockerGrid([refused, { ...refused, writers: 9000, readersOfTable: null }])).split(
    '\n',
  )
  assert.match(lines[0] ?? '', /nobody may be stalled for more than 1500 ms/)
  assert.match(
    lines.at(-2) ?? '',
    /^mysql-5\.7 +ftwrl +an open HANDLER +2 +refused +2 900 +1 020 +3\.0 +4\.0 +5\.0 +ok$/,
  )
  assert.match(lines.at(-1) ?? '', /TOO LONG$/)
})

test('the page has the worst of each server, marked where it is too long', () => {
  const page = asMarkdown(
    worstGrid([
      refused,
      { ...refused, flushLog: 0, writers: 1200 },
      { ...refused, server: 'mariadb-10.11', readers: 7000, after: 900 },
      { ...refused, beside: 'nobody', writers: 12 },
    ]),
  )
  assert.match(page, /^\| an open HANDLER \| 1 200 \| \*\*7 000\*\* \| 900 \|$/m)
  assert.match(page, /^\| nobody \| 12\.0 \|  \| 5\.0 \|$/m)
})
