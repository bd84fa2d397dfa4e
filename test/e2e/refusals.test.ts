import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import type { Lab } from '../support/lab.ts'
import {
  freezeAt,
  inTheWay,
  lockerStopped,
  makeZombie,
  removeWaitForSnapshot,
  touchLockFiles,
} from '../support/moments.ts'
import { until } from '../support/until.ts'

const { scenario } = guestOn('mariadb-10.11')

describe('a second freeze is refused, and says who holds what since when,', () => {
  scenario('while the first is freezing', async (scene) => {
    const { lab } = scene
    await using first = await freezeAt('waiting for the lock', scene)
    await isRefused(lab, 'freezing')
    await first[Symbol.asyncDispose]()
    succeeds(await first.freeze.ended, /^frozen at /)
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
  })

  scenario('while it is frozen', async ({ lab, writer }) => {
    await lab.freeze('freeze')
    await isRefused(lab, 'frozen')
    const waiting = await writer.isKeptWaiting()
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
    await waiting.written
  })

  scenario('while it is thawing', async ({ lab }) => {
    await lab.freeze('freeze')
    await using still = await lockerStopped(lab)
    await removeWaitForSnapshot(lab)
    await isRefused(lab, 'thawing')
    await still[Symbol.asyncDispose]()
    await lab.thaw('freezeFail')
  })

  scenario('while it is let go before the lock is there', async ({ lab, writer }) => {
    await using _blocker = await inTheWay(writer)
    await touchLockFiles(lab)
    const byHand = lab.start('locktables')
    await lab.holdWhen('the lock is asked for', ({ doing }) => doing.startsWith('waiting for the lock'))
    await using still = await lockerStopped(lab)
    await removeWaitForSnapshot(lab)
    await isRefused(lab, 'cancelling')
    await still[Symbol.asyncDispose]()
    failsWith(
      'cancelled',
      await byHand.ended,
      /^no lock: waitforsnapshot was removed before the lock was there;/,
    )
    await lab.thaw('freezeFail')
  })

  scenario('while a locktables that was started by hand holds the lock', async ({ lab }) => {
    await touchLockFiles(lab)
    const byHand = lab.start('locktables')
    await lab.holdWhen('it is frozen', ({ frozen }) => frozen !== null)
    await isRefused(lab, 'frozen')
    await lab.thaw('thaw')
    assert.equal((await byHand.ended).exitCode, 0)
  })

  async function isRefused(lab: Lab, phase: string): Promise<void> {
    const before = await lab.files()
    const { run, locker } = (await lab.hold())!
    const since = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z`
    const line = `^not frozen: the tables are ${phase} already: run ${run}, locktables pid ${locker.pid}, since ${since}; `
    failsWith('busy', await lab.freeze('freeze'), new RegExp(line))
    assert.deepEqual(await lab.files(), before)
    assert.equal((await lab.hold())?.run, run)
  }
})

scenario('of two freezes at the same moment, one is frozen and one is refused', async ({ lab }) => {
  const both = await Promise.all([lab.freeze('freeze'), lab.freeze('freeze')])
  const [frozen, refused] = both.toSorted((a, b) => Number(a.exitCode) - Number(b.exitCode))
  succeeds(frozen!, /^frozen at /)
  failsWith('busy', refused!, /^not frozen: /)
  succeeds(await lab.thaw('thaw'), /is consistent$/m)
})

describe('an abandoned run is cleaned up, with a warning in the log, and the freeze goes on:', () => {
  scenario('one whose locker was killed while frozen', async ({ lab }) => {
    await lab.freeze('freeze')
    const { run, locker } = (await lab.hold())!
    process.kill(locker.pid, 'SIGKILL')
    await until('the locker is gone', async () => (await lab.processes()).length === 0)
    await freezesAfterCleaning(
      lab,
      `cleaning up an abandoned run: run ${run}, locktables pid ${locker.pid}, since`,
    )
    const verdicts = (await lab.log()).filter((line) => line.msg.startsWith(`run ${run}: consistent no`))
    assert.equal(verdicts.length, 1)
  })

  scenario('one whose machine was switched off, and its pids are in use again', async ({ lab }) => {
    await lab.freeze('freeze')
    const hold = await readFile(join(lab.stateDir, 'hold.json'), 'utf8')
    await lab.thaw('thaw')
    const us = { pid: process.pid, startTime: 1 }
    await writeFile(join(lab.stateDir, 'hold.json'), JSON.stringify({ ...JSON.parse(hold), locker: us }))
    await writeFile(join(lab.stateDir, 'waitforsnapshot'), JSON.stringify({ run: 'before', asker: us }))
    await freezesAfterCleaning(lab, 'cleaning up an abandoned run: ')
  })

  scenario('one whose hold has expired, and that nobody thawed', async ({ lab }) => {
    await lab.settle({ 'hold-at-most': '1s' })
    await lab.freeze('freeze')
    await lab.holdWhen('it has expired', ({ ended }) => ended !== null)
    await lab.settle({ 'hold-at-most': '20s' })
    await freezesAfterCleaning(lab, 'cleaning up an abandoned run: ')
  })

  async function freezesAfterCleaning(lab: Lab, warning: string): Promise<void> {
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    const warnings = (await lab.log()).filter(({ level, msg }) => level === 40 && msg.startsWith(warning))
    assert.equal(warnings.length, 1)
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
  }
})

scenario('a locker that is a zombie counts as gone', async ({ lab }) => {
  await lab.freeze('freeze')
  const hold = (await lab.hold())!
  await lab.thaw('thaw')
  using zombie = await makeZombie()
  const dead = { ...hold, locker: zombie.identity }
  await writeFile(join(lab.stateDir, 'hold.json'), JSON.stringify(dead))
  await writeFile(join(lab.stateDir, 'waitforsnapshot'), '')
  succeeds(await lab.freeze('freeze'), /^frozen at /)
  succeeds(await lab.thaw('thaw'), /is consistent$/m)
})
