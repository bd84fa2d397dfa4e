import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { asFailure } from '../../src/core/failure.ts'
import { thawOfRefused } from '../../src/quiesce/refused.ts'
import { thawLine } from '../../src/quiesce/thaw-line.ts'
import { type Guest, guest } from '../support/fake/guest.ts'

describe('a freeze that is refused while another one holds', () => {
  test('is remembered with who held, for the thaw of the same invoker', async () => {
    const g = await heldBy('veeam')
    await refused(g, 'vmtoolsd')
    const refusal = g.stateDir.refusals.get('vmtoolsd')
    assert.deepEqual([refusal?.invoker, refusal?.run], ['vmtoolsd', 'run-1'])
    assert.match(refusal?.why ?? '', /^the tables are frozen already: run run-1, /)
  })

  test('is remembered before the lock is there, too', async () => {
    const g = guest()
    g.freeze(undefined, 'veeam')
    await g.schedule.pass(100)
    await refused(g, 'vmtoolsd')
    assert.equal(g.stateDir.refusals.get('vmtoolsd')?.run, 'run-1')
  })

  test('is remembered without a run, where the files of that one are lost', async () => {
    const g = await heldBy('veeam')
    g.lockers[0]?.process.suspend()
    for (const file of ['waitforsnapshot', 'hold.json'] as const) g.stateDir.remove(file)
    await refused(g, 'vmtoolsd')
    assert.equal(g.stateDir.refusals.get('vmtoolsd')?.run, null)
  })

  test('is not remembered of the invoker that holds: its thaw has to let go', async () => {
    const g = await heldBy('vmtoolsd')
    await refused(g, 'vmtoolsd')
    assert.equal(g.stateDir.refusals.size, 0)
    assert.deepEqual(await verdictOf(g, 'vmtoolsd'), 'yes')
  })

  test('is not remembered of that invoker where waitforsnapshot is gone, either', async () => {
    const g = await heldBy('vmtoolsd')
    g.lockers[0]?.process.suspend()
    g.stateDir.remove('waitforsnapshot')
    await refused(g, 'vmtoolsd')
    assert.equal(g.stateDir.refusals.size, 0)
  })

  test('is not remembered of one that cannot be told from others', async () => {
    const g = await heldBy('vmtoolsd')
    await refused(g, null)
    assert.equal(g.stateDir.refusals.size, 0)
  })

  test('says why it was refused, also where that cannot be remembered', async () => {
    const g = await heldBy('veeam')
    g.stateDir.breakOn('refused')
    await refused(g, 'vmtoolsd')
    assert.equal(g.lines.at(-1)?.message, 'the thaw of vmtoolsd may let go of what another one holds')
  })

  test('is forgotten when the next freeze of that invoker goes on', async () => {
    const g = await heldBy('veeam')
    await refused(g, 'vmtoolsd')
    await g.ended(g.thaw({ knownAs: 'veeam' }))
    const next = g.freeze(undefined, 'vmtoolsd')
    assert.equal(g.stateDir.refusals.size, 0)
    await g.ended(next)
    assert.equal(await verdictOf(g, 'vmtoolsd'), 'yes')
  })
})

describe('the thaw of an invoker that was refused', () => {
  test('lets nothing go, as often as it is called, while the other one holds', async () => {
    const g = await heldBy('veeam')
    await refused(g, 'vmtoolsd')
    for (const _ of ['once', 'again']) {
      assert.equal(await verdictOf(g, 'vmtoolsd'), 'refused')
      assert.equal(g.server.lock.isHeld(), true)
    }
    assert.equal(await verdictOf(g, 'veeam'), 'yes')
  })

  test('is told so once where the other one is over', async () => {
    const g = await heldBy('veeam')
    await refused(g, 'vmtoolsd')
    await verdictOf(g, 'veeam')
    assert.deepEqual(
      [await verdictOf(g, 'vmtoolsd'), await verdictOf(g, 'vmtoolsd')],
      ['refused', 'nothing to thaw'],
    )
  })

  test('is told so where what was remembered is no refusal, and forgets it', () => {
    const admitted: string[] = []
    const files = guest().stateDir.handshake(guest().processes.start('post-thaw-script'))
    const handshake = { ...files, refusal: () => null, admit: (name: string) => void admitted.push(name) }
    const log = { info() {}, warn() {}, error() {} }
    const thaw = thawOfRefused({ handshake, log }, 'vmtoolsd')
    assert.deepEqual([thaw.why, admitted], ['another one held the tables', ['vmtoolsd']])
  })
})

describe('what post-thaw-script says of a freeze that was refused', () => {
  const thaw = { what: 'refused', invoker: 'vmtoolsd', why: 'run run-1 holds' } as const
  const what = 'nothing was let go, for the freeze of vmtoolsd was refused: run run-1 holds'
  test('of a snapshot: that it is not consistent', () => {
    assert.deepEqual(thawLine(thaw, 'thaw'), {
      line: `not consistent: ${what}; discard this snapshot and take another`,
      exitCode: 30,
    })
  })

  test('with freezeFail: nothing of a snapshot', () => {
    assert.deepEqual(thawLine(thaw, 'freeze-failed'), { line: what, exitCode: 0 })
  })
})

/** A guest that this invoker has frozen. */
async function heldBy(invoker: string): Promise<Guest> {
  const g = guest()
  await g.ended(g.freeze(undefined, invoker))
  return g
}

async function refused(g: Guest, invoker: string | null): Promise<void> {
  const failure = asFailure(await g.ended(g.freeze(undefined, invoker)).catch((error: unknown) => error))
  assert.equal(failure.code, 'busy')
}

async function verdictOf(g: Guest, invoker: string): Promise<string> {
  const thaw = await g.ended(g.thaw({ knownAs: invoker }))
  return thaw.what === 'thawed' ? thaw.verdict.consistent : thaw.what
}
