import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pausesOf } from './dirty-pauses.ts'

const call = (begin: number, end: number) => ({ begin, end })

test('the stall is the gap around the snapshot, and the pause the longest from the start of the freeze to it', () => {
  const take = { freeze: call(1000, 1900), thaw: call(2400, 2450), commits: [990, 1300, 1850, 1870, 2440] }
  assert.deepEqual(pausesOf(take), { stall: 2440 - 1870 - 500, before: 550 })
})

test('a lock that is there at once leaves no pause before it', () => {
  const take = { freeze: call(1000, 1010), thaw: call(1510, 1520), commits: [990, 1515] }
  assert.deepEqual(pausesOf(take), { stall: 25, before: 0 })
})
