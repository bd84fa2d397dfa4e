import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asText } from './grid.ts'
import { isReached, serverGrid, type ServerMeasured } from './server-table.ts'
import { summary } from './statistics.ts'

const measured = (floor: number, ours: readonly number[], baseline?: number): ServerMeasured => ({
  server: 'mysql-5.7',
  flushLog: 2,
  ours: summary(ours)!,
  floor: summary([floor])!,
  baseline: baseline === undefined ? undefined : summary([baseline]),
})

for (const [what, one, is] of [
  ['all three limits', measured(4, [16], 4800), true],
  ['a median above 4 x floor', measured(4, [16.1], 9000), false],
  ['a worst above 15 x floor', measured(4, [8, 8, 61], 9000), false],
  ['less than 300 x less than the procedure of 2013', measured(4, [16], 4799), false],
  ['a procedure of 2013 that was not measured', measured(4, [16]), true],
] as const)
  test(`${what} is ${is ? '' : 'not '}reached`, () => assert.equal(isReached(one), is))

test('the table has a line for each server and setting, with the ratios', () => {
  const text = asText(serverGrid([measured(4, [10, 12, 14], 6000), measured(4, [16, 17, 18])]))
  assert.match(text, /^mysql-5\.7 +2 +4\.0 +12\.0 +14\.0 +3\.0 +3\.5 +500 +ok$/m)
  assert.match(text, /^mysql-5\.7 +2 +4\.0 +17\.0 +18\.0 +4\.3 +4\.5 +- +NOT REACHED$/m)
})
