import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addedStall, release, takeIdle, takeUnderLoad } from './take.ts'
import type { Subject } from './subject.ts'

const take = {
  freeze: { begin: 1000, end: 1300 },
  thaw: { begin: 1500, end: 1560 },
  commits: [990, 1010, 1250, 1520, 1525, 1600],
}

test('the added stall is the stall without the time that the hypervisor took', () => {
  assert.equal(addedStall(take), 1520 - 1250 - 200)
})

test('the release lasts from the start of the thaw to the first commit', () => {
  assert.equal(release(take), 20)
})

test('a commit between freeze and thaw is no measurement but a lock that was not there', async () => {
  const calls = { freeze: [{ begin: 1, end: 2 }], thaw: [{ begin: 5, end: 6 }] }
  await assert.rejects(takeOf(calls, [0, 3, 7]), /1 commits went through between freeze and thaw/)
})

test('a take has what the caller and the writer saw', async () => {
  const [freeze, thaw] = [
    { begin: 1, end: 2 },
    { begin: 2, end: 3 },
  ]
  const commits = [0, 4]
  assert.deepEqual(await takeOf({ freeze: [freeze], thaw: [thaw] }, commits), { freeze, thaw, commits })
})

test('a thaw that fails on an idle server is no measurement', async () => {
  const subject = { ...subjectOf({ freeze: [{ begin: 1, end: 2 }], thaw: [] }) }
  await assert.rejects(takeIdle(subject), /no more calls/)
})

interface Calls {
  readonly freeze: Subject['freeze'] extends () => Promise<infer Call> ? Call[] : never
  readonly thaw: Calls['freeze']
}

function subjectOf({ freeze, thaw }: Calls): Subject {
  const next = async (calls: Calls['freeze']) => {
    const call = calls.shift()
    if (call === undefined) throw new Error('no more calls')
    return call
  }
  return {
    snapshot: 0,
    prepare: async () => {},
    freeze: () => next(freeze),
    thaw: () => next(thaw),
    lockers: () => [],
  }
}

async function takeOf(calls: Calls, commits: readonly number[]) {
  const writer = {
    start: async () => {},
    stop: async () => commits,
    [Symbol.asyncDispose]: async () => {},
  }
  return await takeUnderLoad({ subject: subjectOf(calls), writer })
}
