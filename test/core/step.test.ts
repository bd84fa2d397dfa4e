import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stopwatch } from '../../src/core/step.ts'

describe('a stopwatch', () => {
  test('takes the time of each step, in the order in which they end', async () => {
    let now = 1000
    const watch = stopwatch(() => now)
    assert.equal(await watch.time('lock', () => ((now += 12.345_678), 'granted')), 'granted')
    await watch.time('flush', async () => void (now += 3))
    assert.deepEqual(watch.steps(), [
      { name: 'lock', ms: 12.346 },
      { name: 'flush', ms: 3 },
    ])
  })

  test('takes it also of a step that fails', async () => {
    const watch = stopwatch(() => 0)
    await assert.rejects(
      watch.time('lock', () => Promise.reject(new Error('no'))),
      { message: 'no' },
    )
    assert.deepEqual(watch.steps(), [{ name: 'lock', ms: 0 }])
  })

  test('tells what it has so far', async () => {
    const watch = stopwatch(() => 0)
    const before = watch.steps()
    await watch.time('lock', () => {})
    assert.deepEqual([before, watch.steps().length], [[], 1])
  })
})
