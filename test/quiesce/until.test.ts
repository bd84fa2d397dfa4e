import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { until } from '../../src/quiesce/until.ts'
import { processes } from '../support/fake/process.ts'
import { schedule } from '../support/fake/schedule.ts'

describe('a wait', () => {
  test('ends at once where the answer is yes', async () => {
    const { clock, outcome } = waiting({ condition: () => true, within: 0 })
    assert.deepEqual([await outcome, clock.now()], ['yes', 0])
  })

  test('asks every quarter of a second, or as often as it is told', async () => {
    for (const [every, times] of [
      [undefined, [0, 250, 500, 750, 1000]],
      [400, [0, 400, 800, 1000]],
    ] as const) {
      const asked: number[] = []
      const wait = waiting({
        condition: (now) => {
          asked.push(now)
          return false
        },
        within: 1000,
        ...(every === undefined ? {} : { every }),
      })
      assert.equal(await wait.outcome, 'late')
      assert.deepEqual(asked, times)
    }
  })

  test('asks once more when its time is over, and never after that', async () => {
    const wait = waiting({ condition: (now) => now >= 900, within: 900, every: 10_000 })
    assert.deepEqual([await wait.outcome, wait.clock.now()], ['yes', 900])
  })

  test('asks again as soon as it is told that something has changed', async () => {
    const wait = waiting({ condition: (now) => now >= 100, within: 1000, changes: [100] })
    assert.deepEqual([await wait.outcome, wait.clock.now()], ['yes', 100])
  })

  test('does not miss a change that comes while it asks', async () => {
    let look = () => {}
    let asked = 0
    const wait = waiting({
      condition: () => {
        if (asked === 0) look()
        return ++asked === 2
      },
      within: 1000,
      watch: (given) => {
        look = given
        return { [Symbol.dispose]: () => {} }
      },
    })
    assert.deepEqual([await wait.outcome, wait.clock.now()], ['yes', 0])
  })

  test('watches before it looks', async () => {
    const order: string[] = []
    const wait = waiting({
      condition: () => order.push('look') > 0,
      within: 0,
      watch: () => {
        order.push('watch')
        return { [Symbol.dispose]: () => order.push('unwatch') }
      },
    })
    await wait.outcome
    assert.deepEqual(order, ['watch', 'look', 'unwatch'])
  })

  test('ends when its signal is aborted, but only after it has asked', async () => {
    const stop = new AbortController()
    const wait = waiting({
      condition: () => false,
      within: 1000,
      signal: stop.signal,
      after: [100, () => stop.abort()],
    })
    assert.deepEqual([await wait.outcome, wait.clock.now()], ['aborted', 100])
    const again = waiting({ condition: () => true, within: 1000, signal: stop.signal })
    assert.equal(await again.outcome, 'yes')
  })

  test('fails as its condition fails, and stops watching', async () => {
    let watching = 0
    const wait = waiting({
      condition: () => {
        throw new Error('no such table')
      },
      within: 1000,
      watch: () => {
        watching++
        return { [Symbol.dispose]: () => void watching-- }
      },
    })
    await assert.rejects(wait.outcome, { message: 'no such table' })
    assert.equal(watching, 0)
  })
})

function waiting({
  condition,
  within,
  every,
  signal,
  watch,
  changes = [],
  after,
}: {
  readonly condition: (now: number) => boolean
  readonly within: number
  readonly every?: number
  readonly signal?: AbortSignal
  readonly watch?: (look: () => void) => Disposable
  readonly changes?: readonly number[]
  readonly after?: readonly [number, () => void]
}) {
  const time = schedule()
  const { clock } = processes(time).start('locktables')
  const watchChanges = (look: () => void) => {
    for (const at of changes) time.after(at, look)
    return { [Symbol.dispose]: () => {} }
  }
  if (after) time.after(...after)
  let isOver = false
  const outcome = until(async () => condition(clock.now()), {
    clock,
    within,
    ...(every === undefined ? {} : { every }),
    ...(signal === undefined ? {} : { signal }),
    watch: watch ?? watchChanges,
  }).finally(() => (isOver = true))
  outcome.catch(() => {})
  return { clock, outcome: time.until(() => isOver).then(() => outcome) }
}
