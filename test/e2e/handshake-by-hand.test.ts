import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import type { Lab } from '../support/lab.ts'
import { interfere } from '../support/interfere.ts'
import { freezeAt, inTheWay, nodeOf, removeWaitForSnapshot, touchLockFiles } from '../support/moments.ts'
import { until } from '../support/until.ts'

const { scenario } = guestOn('mariadb-10.11')

describe('rm waitforsnapshot, by an operator,', () => {
  scenario(
    'lets the database go, and no later thaw calls the snapshot consistent',
    async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      await removeWaitForSnapshot(lab)
      await waiting.written
      await lab.holdWhen('the hold has ended', ({ ended }) => ended !== null)
      const line =
        /^thawed after .* s, the snapshot is not consistent: somebody else let go before post-thaw-script came;/
      failsWith('not-consistent', await lab.thaw('thaw'), line)
    },
  )

  for (const wait of ['waiting for a quiet moment', 'waiting for the lock'] as const) {
    scenario(`makes a freeze give up that is ${wait}`, async (scene) => {
      await using freezing = await freezeAt(wait, scene)
      await removeWaitForSnapshot(scene.lab)
      const line = /^not frozen: waitforsnapshot was removed before the lock was there;/
      failsWith('cancelled', await freezing.freeze.ended, line)
      await isReportedOnce(scene.lab)
    })
  }
})

describe('post-thaw-script, before the lock is there,', () => {
  scenario(
    'makes a freeze give up whose locktables has not begun, and does not call the snapshot consistent',
    async ({ lab }) => {
      using gate = interfere(lab, { how: 'gate', script: 'locktables' })
      gate.set()
      const freeze = lab.start('pre-freeze-script', ['freeze'])
      await until('locktables stands at the gate', () => nodeOf(lab, 'locktables'))
      const thawed = await lab.thaw('thaw')
      assert.equal(thawed.exitCode, 30)
      assert.match(thawed.stdout, /^not consistent: let go before the lock was there/)
      failsWith(
        'cancelled',
        await freeze.ended,
        /^not frozen: waitforsnapshot was removed before the lock was there;/,
      )
    },
  )

  for (const wait of ['waiting for a quiet moment', 'waiting for the lock'] as const) {
    scenario(
      `makes a freeze give up that is ${wait}, and does not call the snapshot consistent`,
      async (scene) => {
        const { lab } = scene
        await using freezing = await freezeAt(wait, scene)
        const [frozen, thawed] = await Promise.all([freezing.freeze.ended, lab.thaw('thaw')])
        failsWith('cancelled', frozen, /^not frozen: waitforsnapshot was removed before the lock was there;/)
        assert.equal(thawed.exitCode, 30)
        assert.match(thawed.stdout, /not consistent: .*before the lock was there/)
        await isReportedOnce(lab)
      },
    )
  }
})

describe('locktables, started by hand on lock files made with touch,', () => {
  scenario('locks and removes waitforlock; rm waitforsnapshot unlocks', async ({ lab, writer }) => {
    await touchLockFiles(lab)
    const locker = lab.start('locktables')
    await until('waitforlock is gone', async () => !(await lab.files()).includes('waitforlock'))
    const waiting = await writer.isKeptWaiting()
    await removeWaitForSnapshot(lab)
    await waiting.written
    succeeds(await locker.ended, /^unlocked after .* s: nothing speaks against it$/m)
    await lab.thaw('freezeFail')
  })

  scenario('unlocks for post-thaw-script, which says that the snapshot is consistent', async ({ lab }) => {
    await touchLockFiles(lab)
    const locker = lab.start('locktables')
    await lab.holdWhen('it is frozen', ({ frozen }) => frozen !== null)
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
    succeeds(await locker.ended, /^unlocked after /)
  })

  scenario('removes the lock files when it cannot lock', async ({ lab, writer }) => {
    await using _blocker = await inTheWay(writer)
    await touchLockFiles(lab)
    const locker = lab.start('locktables', ['--freeze-within=3s'])
    failsWith('lock-not-granted', await locker.ended, /^no lock: /)
    await lab.thaw('freezeFail')
  })

  scenario('is refused while another one holds the lock', async ({ lab }) => {
    await lab.freeze('freeze')
    const { run, locker } = (await lab.hold())!
    const second = await lab.start('locktables').ended
    failsWith(
      'busy',
      second,
      new RegExp(`^no lock: the tables are frozen already: .*${locker.pid} of run ${run};`),
    )
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
  })
})

describe('locktables creates no lock file:', () => {
  for (const [title, files] of [
    ['without any it ends', []],
    ['with waitforlock alone it ends', ['waitforlock']],
    ['with waitforsnapshot alone it ends', ['waitforsnapshot']],
  ] as const) {
    scenario(`${title}, and does not lock`, async ({ lab }) => {
      for (const name of files) await writeFile(join(lab.stateDir, name), '')
      const result = await lab.start('locktables').ended
      failsWith('cancelled', result, /^no lock: nobody asks for a lock: /)
      assert.deepEqual(await lab.files(), files)
      for (const name of files) await rm(join(lab.stateDir, name))
    })
  }

  scenario('for another run than the one that asks it ends, and does not lock', async ({ lab }) => {
    const asker = { pid: process.pid, startTime: 1 }
    for (const name of ['waitforlock', 'waitforsnapshot'])
      await writeFile(join(lab.stateDir, name), JSON.stringify({ run: 'theirs', asker }))
    failsWith('cancelled', await lab.start('locktables', ['--run', 'ours']).ended, /^no lock: nobody asks/)
    await lab.thaw('freezeFail')
  })
})

scenario(
  'a waitforsnapshot that carries another run id means "let go" while frozen',
  async ({ lab, writer }) => {
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    await writeFile(
      join(lab.stateDir, 'waitforsnapshot'),
      '{"run":"another","asker":{"pid":1,"startTime":1}}',
    )
    await waiting.written
    await lab.holdWhen('the hold has ended', ({ ended }) => ended !== null)
    await lab.thaw('freezeFail')
  },
)

scenario(
  'a waitforsnapshot that carries another run id means "let go" before the lock, too',
  async (scene) => {
    const { lab } = scene
    await using freezing = await freezeAt('waiting for the lock', scene)
    await writeFile(
      join(lab.stateDir, 'waitforsnapshot'),
      '{"run":"another","asker":{"pid":1,"startTime":1}}',
    )
    failsWith('cancelled', await freezing.freeze.ended, /^not frozen: /)
    await lab.thaw('freezeFail')
  },
)

async function isReportedOnce(lab: Lab): Promise<void> {
  await lab.isLeftClean()
  const runs = (await lab.log()).filter(({ msg }) => msg.startsWith('run '))
  assert.equal(runs.length, 1)
}
