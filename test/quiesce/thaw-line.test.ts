import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { failures } from '../../src/core/failure.ts'
import type { Verdict } from '../../src/core/verdict.ts'
import type { Thaw } from '../../src/quiesce/thaw.ts'
import { thawLine } from '../../src/quiesce/thaw-line.ts'
import { aHold, letGo } from '../support/fake/holds.ts'

const thawed = (consistent: Verdict['consistent'], ended = letGo): Thaw => ({
  what: 'thawed',
  hold: { ...aHold, ended },
  verdict: {
    consistent,
    checks: [{ name: 'a check', result: consistent, seen: 'the hold expired after 60.0 s' }],
  },
})
const died: Thaw = { what: 'thawed', hold: aHold, verdict: { consistent: 'no', checks: [] } }
const {
  'may-be-locked': locked,
  'not-consistent': no,
  'verdict-unknown': unknown,
  'replica-stopped': stopped,
} = failures
const replica = 'still stopped: the SQL thread of the default channel'

describe('what post-thaw-script says', () => {
  for (const [thaw, line, exitCode] of [
    [{ what: 'nothing to thaw' }, 'nothing to thaw', 0],
    [
      { what: 'superseded' },
      'not consistent: its hold is over, and another freeze has begun since; discard this snapshot and take another',
      30,
    ],
    [
      { what: 'lost', since: '2026-01-02T03:04:05.000Z' },
      'whether the snapshot is consistent is unknown: nothing is left of the freeze that was called at 2026-01-02T03:04:05.000Z; treat this snapshot as not consistent and take another',
      31,
    ],
    [thawed('yes'), 'thawed after 5.0 s, the snapshot is consistent', 0],
    [
      thawed('no'),
      `thawed after 5.0 s, the snapshot is not consistent: the hold expired after 60.0 s; ${no.hint}`,
      no.exitCode,
    ],
    [
      thawed('unknown'),
      `thawed after 5.0 s, whether the snapshot is consistent is unknown: the hold expired after 60.0 s; ${unknown.hint}`,
      unknown.exitCode,
    ],
    [
      thawed('unknown', {
        ...letGo,
        mayBeLocked: 'the database may still be locked by connection 2: KILL 2',
      }),
      `not thawed: the database may still be locked by connection 2: KILL 2; ${locked.hint}`,
      locked.exitCode,
    ],
    [died, `thawed, the snapshot is not consistent: nothing speaks against it; ${no.hint}`, no.exitCode],
    [
      { ...thawed('yes'), replica },
      `thawed after 5.0 s, the snapshot is consistent, but ${replica}; ${stopped.hint}`,
      stopped.exitCode,
    ],
    [
      { what: 'nothing to thaw', replica },
      `nothing to thaw, but ${replica}; ${stopped.hint}`,
      stopped.exitCode,
    ],
    [
      { ...died, replica },
      `${replica}; thawed, the snapshot is not consistent: nothing speaks against it; ${no.hint}`,
      no.exitCode,
    ],
    [{ what: 'never held' }, `not consistent: let go before the lock was there; ${no.hint}`, no.exitCode],
    [
      { what: 'unreadable' },
      `let go, the verdict is unknown: hold.json is gone, or holds no hold; ${unknown.hint}`,
      unknown.exitCode,
    ],
  ] as const satisfies readonly (readonly [Thaw, string, number])[]) {
    test(`is "${line}", and its exit code ${exitCode}`, () => {
      assert.deepEqual(thawLine(thaw, 'thaw'), { line, exitCode })
    })
  }

  for (const [thaw, line] of [
    [{ what: 'nothing to thaw' }, 'nothing to thaw'],
    [{ what: 'lost', since: 'then' }, 'nothing to thaw'],
    [thawed('yes'), 'let go after 5.0 s; the freeze failed, so there is no verdict'],
    [thawed('no'), 'let go after 5.0 s; the freeze failed, so there is no verdict'],
    [died, 'let go; the freeze failed, so there is no verdict'],
    [{ what: 'never held' }, 'let go; the freeze failed, so there is no verdict'],
    [{ what: 'unreadable' }, 'let go; the freeze failed, so there is no verdict'],
  ] as const satisfies readonly (readonly [Thaw, string])[]) {
    test(`after a freeze that failed is "${line}", and its exit code 0`, () => {
      assert.deepEqual(thawLine(thaw, 'freeze-failed'), { line, exitCode: 0 })
    })
  }

  test('is 0 for a snapshot only where its verdict is yes', () => {
    for (const consistent of ['yes', 'no', 'unknown'] as const)
      assert.equal(thawLine(thawed(consistent), 'thaw').exitCode === 0, consistent === 'yes')
  })
})

describe('what post-thaw-script says where it was called with a word that is none of a thaw', () => {
  const event = { calledWith: '"pre"' }
  for (const [thaw, line, exitCode] of [
    [{ what: 'nothing to thaw' }, 'nothing to thaw', 0],
    [
      thawed('yes'),
      `thawed after 5.0 s, whether the snapshot is consistent is unknown: post-thaw-script was called with "pre", which is no word for a thaw; ${unknown.hint}`,
      unknown.exitCode,
    ],
    [
      thawed('no'),
      `thawed after 5.0 s, the snapshot is not consistent: the hold expired after 60.0 s; ${no.hint}`,
      no.exitCode,
    ],
  ] as readonly (readonly [Thaw, string, number])[])
    test(line, () => {
      assert.deepEqual(thawLine(thaw, event), { line, exitCode })
    })
})
