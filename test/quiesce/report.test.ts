import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { Hold } from '../../src/core/hold.ts'
import { judge } from '../../src/core/checks.ts'
import { anyEvidence } from '../support/any-evidence.ts'
import { reportRun, verdictOn } from '../../src/quiesce/report.ts'
import { guest } from '../support/fake/guest.ts'
import { aHold, frozen, letGo } from '../support/fake/holds.ts'

const held = frozen(guest().processes.start('locktables'))
const over: Hold = { ...held, ended: letGo }

describe('the verdict on a run', () => {
  test('is yes where the locker says so and the thaw itself let go', () => {
    const verdict = verdictOn(over, { letGoBy: 'this thaw' })
    assert.equal(verdict.consistent, 'yes')
    assert.deepEqual(verdict.checks.at(-1), {
      name: 'let go by the thaw',
      result: 'yes',
      seen: 'post-thaw-script let go',
    })
  })

  test('is no where somebody else let go: only the thaw knows that the snapshot was over', () => {
    const { consistent, checks } = verdictOn(over, { letGoBy: 'somebody else' })
    assert.deepEqual(
      [consistent, checks.at(-1)?.seen],
      ['no', 'somebody else let go before post-thaw-script came'],
    )
  })

  test('is no where the locker died', () => {
    const { consistent, checks } = verdictOn(held, { letGoBy: 'this thaw' })
    assert.deepEqual(
      [consistent, checks[0]?.seen],
      ['no', `locktables (pid ${held.locker.pid}) died with the lock, before the snapshot was over`],
    )
  })

  test('is the locker’s own where nobody let go: who removed the file says nothing then', () => {
    const checks = [{ name: 'held until let go', result: 'no', seen: 'the hold expired' }] as const
    const ended = { ...letGo, ending: 'expired', verdict: { consistent: 'no', checks } } as const
    for (const letGoBy of ['this thaw', 'somebody else'] as const)
      assert.deepEqual(verdictOn({ ...held, ended }, { letGoBy }), ended.verdict)
  })

  test('is never better than the locker’s own', () => {
    fc.assert(
      fc.property(
        anyEvidence,
        fc.constantFrom('this thaw', 'this thaw, too early', 'somebody else'),
        (evidence, letGoBy) => {
          const own = judge(evidence)
          const ended = { ...letGo, ending: evidence.ending, verdict: own }
          const { consistent } = verdictOn({ ...held, ended }, { letGoBy })
          if (own.consistent !== 'yes') assert.notEqual(consistent, 'yes')
          if (letGoBy === 'somebody else') assert.equal(consistent, 'no')
        },
      ),
    )
  })
})

describe('the run line', () => {
  test('is one line with all that is known of the run', () => {
    const { lines, log } = aLog()
    reportRun(log, over, { letGoBy: 'this thaw' })
    assert.equal(lines.length, 1)
    const [level, facts, message] = lines[0] ?? []
    assert.deepEqual([level, message], ['info', 'run run-1: consistent yes: nothing speaks against it'])
    assert.deepEqual(facts, {
      run: 'run-1',
      askedAt: held.askedAt,
      invoker: null,
      servers: held.frozen?.servers,
      attempts: 1,
      stalledFor: 5000,
      frozenAt: held.frozen?.at,
      ending: 'let-go',
      lockedUntil: '2026-01-02T03:04:09.990Z',
      heldFor: 5000,
      disks: [],
      steps: [
        { name: 'lock', ms: 3 },
        { name: 'unlock', ms: 1 },
      ],
      verdict: 'yes',
      checks: verdictOn(over, { letGoBy: 'this thaw' }).checks,
      failure: null,
    })
  })

  test('is a warning with the first reason where the verdict is not yes', () => {
    const { lines, log } = aLog()
    reportRun(log, aHold, { letGoBy: 'this thaw' })
    const [level, facts, message] = lines[0] ?? []
    assert.deepEqual(
      [level, message],
      [
        'warn',
        'run run-1: consistent no: locktables (pid 1001) died with the lock, before the snapshot was over',
      ],
    )
    assert.deepEqual(facts, {
      run: 'run-1',
      askedAt: aHold.askedAt,
      invoker: null,
      servers: [],
      attempts: 0,
      stalledFor: null,
      frozenAt: null,
      lockedUntil: null,
      ending: 'died',
      heldFor: null,
      disks: [],
      steps: [],
      verdict: 'no',
      checks: verdictOn(aHold, { letGoBy: 'this thaw' }).checks,
      failure: null,
    })
  })
})

function aLog() {
  const lines: [string, object, string][] = []
  const line = (level: string) => (facts: object, message: string) => void lines.push([level, facts, message])
  return { lines, log: { info: line('info'), warn: line('warn'), error: line('error') } }
}
