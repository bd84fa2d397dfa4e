import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asText } from '../grid.ts'
import { summary } from '../statistics.ts'
import { isReached, nodeGrid, type NodeMeasured } from './node-table.ts'

const measured = (preFreeze: number, lockerMemory: number): NodeMeasured => ({
  version: 'v24.1.0',
  preFreeze: summary([preFreeze])!,
  lockerMemory: summary([lockerMemory])!,
  emptyNode: summary([50e6])!,
})

for (const [what, one, is] of [
  ['both limits', measured(300, 80e6), true],
  ['a pre-freeze of more than 300 ms', measured(301, 80e6), false],
  ['a locker above 1.6 x an empty process', measured(300, 81e6), false],
] as const)
  test(`${what} is ${is ? '' : 'not '}reached`, () => assert.equal(isReached(one), is))

test('the table has a line for each Node.js', () => {
  assert.match(asText(nodeGrid([measured(120, 70e6)])), /^v24\.1\.0 +120 +120 +70\.0 +50\.0 +1\.40 +ok$/m)
})
