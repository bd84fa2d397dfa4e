import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isStall, stallWatch } from '../../src/core/stall.ts'

describe('what attempts have cost the writers', () => {
  test('is how often the lock was asked for, and the longest time until nothing was left of it', () => {
    let now = 0
    const watch = stallWatch(() => now)
    assert.deepEqual(watch.stall(), { attempts: 0, ms: 0 })
    for (const takes of [300, 1000.4, 20]) {
      watch.asked()
      now += takes
      watch.gone()
      now += 5000
    }
    assert.deepEqual(watch.stall(), { attempts: 3, ms: 1000 })
  })

  test('has the attempt that is not over', () => {
    let now = 0
    const watch = stallWatch(() => now)
    watch.asked()
    now = 70
    assert.deepEqual(watch.stall(), { attempts: 1, ms: 70 })
  })

  test('is known from its parts', () => {
    assert.ok(isStall({ attempts: 1, ms: 0.5 }))
    for (const other of [null, {}, { attempts: '1', ms: 1 }, { attempts: 1 }]) assert.ok(!isStall(other))
  })
})
