import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deedNames } from './deeds.ts'
import { scheduleOf } from './schedule.ts'

test('the same seed makes the same schedule, another one another', () => {
  assert.deepEqual(scheduleOf(7), scheduleOf(7))
  assert.notDeepEqual(scheduleOf(7), scheduleOf(8))
})

test('a schedule begins with a freeze', () => {
  for (let seed = 1; seed <= 100; seed++) assert.equal(scheduleOf(seed)[0]?.deed, 'freeze')
})

test('every deed comes up', () => {
  const seen = new Set(
    Array.from({ length: 1000 }, (_, seed) => scheduleOf(seed))
      .flat()
      .map(({ deed }) => deed),
  )
  assert.deepEqual([...seen].toSorted(), deedNames.toSorted())
})
