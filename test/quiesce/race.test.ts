import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inTime, unlessAborted } from '../../src/quiesce/race.ts'
import { processes } from '../support/fake/process.ts'
import { schedule } from '../support/fake/schedule.ts'

const never = new Promise<never>(() => {})

describe('work unless a signal is aborted', () => {
  test('has its own result', async () => {
    const { signal } = new AbortController()
    assert.equal(await unlessAborted(Promise.resolve(7), signal), 7)
    await assert.rejects(unlessAborted(Promise.reject(new Error('no')), signal), { message: 'no' })
  })

  test('throws the reason of a signal that is aborted meanwhile', async () => {
    const controller = new AbortController()
    const racing = unlessAborted(never, controller.signal)
    controller.abort(new Error('stopped'))
    await assert.rejects(racing, { message: 'stopped' })
  })

  test('throws the reason of a signal that was aborted before', async () => {
    await assert.rejects(unlessAborted(never, AbortSignal.abort(new Error('stopped'))), {
      message: 'stopped',
    })
  })

  test('leaves no listener behind', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args))
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args))
    await unlessAborted(Promise.resolve(7), signal)
    assert.equal(listeners, 0)
  })
})

describe('work in time', () => {
  test('has its own result, and its bell is not heard', async () => {
    const { time, clock } = aClock()
    const work = inTime(Promise.resolve(7), { clock, within: 1000, late })
    assert.equal(await work, 7)
    await assert.rejects(inTime(Promise.reject(new Error('no')), { clock, within: 1000, late }), {
      message: 'no',
    })
    await assert.rejects(
      time.until(() => false),
      { message: /nothing is left that could happen/ },
    )
    assert.equal(time.now(), 0)
  })

  test('throws what `late` makes once its time is over', async () => {
    const { time, clock } = aClock()
    let failed: unknown
    void inTime(never, { clock, within: 1000, late }).catch((error: unknown) => (failed = error))
    await time.pass(999)
    assert.equal(failed, undefined)
    await time.pass(1)
    assert.deepEqual(failed, new Error('too late'))
  })
})

function late(): Error {
  return new Error('too late')
}

function aClock() {
  const time = schedule()
  return { time, clock: processes(time).start('locktables').clock }
}
