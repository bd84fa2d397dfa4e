import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { clock } from '../../src/adapters/clock.ts'

describe('the clock', () => {
  test('counts milliseconds that only grow', async () => {
    const before = clock.now()
    await clock.sleep(5)
    assert.ok(clock.now() - before >= 4)
  })

  test('knows the date', () => {
    assert.ok(Math.abs(clock.today().getTime() - Date.now()) < 10_000)
  })

  test('sleeps no longer than nothing where the time is over already', async () => {
    await clock.sleep(-5)
  })

  test('wakes up quietly when the signal aborts', async () => {
    const controller = new AbortController()
    const sleeping = clock.sleep(3_600_000, controller.signal)
    controller.abort(new Error('stopped'))
    await sleeping
  })

  test('does not fall asleep where the signal is aborted already', async () => {
    await clock.sleep(3_600_000, AbortSignal.abort())
  })

  test('leaves no listener on the signal', async () => {
    const { signal } = new AbortController()
    await clock.sleep(1, signal)
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })
})
