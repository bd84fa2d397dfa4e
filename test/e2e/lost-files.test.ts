import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import type { Lab } from '../support/lab.ts'
import { freezeAt, lockerStopped, nodeOf } from '../support/moments.ts'
import { until } from '../support/until.ts'

const { scenario } = guestOn('mariadb-10.11')

/** What may become of hold.json while somebody holds the lock. */
const losses: Readonly<Record<string, (lab: Lab) => Promise<void>>> = {
  removed: (lab) => rm(holdFile(lab)),
  emptied: (lab) => writeFile(holdFile(lab), ''),
  damaged: (lab) => writeFile(holdFile(lab), '{"run":'),
  'replaced by that of a run whose locker is gone': async (lab) => {
    const hold: unknown = JSON.parse(await readFile(holdFile(lab), 'utf8'))
    const other = { ...Object(hold), run: 'another', locker: { pid: 4_194_303, startTime: 1 } }
    await writeFile(holdFile(lab), JSON.stringify(other))
  },
}

describe('a second freeze is refused, and the first lock stays to its thaw, where hold.json was', () => {
  for (const [how, lose] of Object.entries(losses)) {
    scenario(how, async (scene) => {
      await scene.lab.freeze('freeze')
      await staysLocked(scene, () => lose(scene.lab))
    })

    scenario(`${how}, and locktables stands still`, async (scene) => {
      const { lab } = scene
      await lab.freeze('freeze')
      await staysLocked(scene, async () => {
        await using _standing = await lockerStopped(lab)
        await lose(lab)
        const pid = await nodeOf(lab, 'locktables')
        const line = new RegExp(`^not frozen: the tables are held already: locktables pid ${pid} of run `)
        failsWith('busy', await lab.freeze('freeze'), line)
      })
    })
  }

  scenario('removed with waitforsnapshot, and locktables stands still', async ({ lab, writer }) => {
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    {
      await using _standing = await lockerStopped(lab)
      for (const name of ['hold.json', 'waitforsnapshot']) await rm(join(lab.stateDir, name))
      failsWith('busy', await lab.freeze('freeze'), /^not frozen: the tables are held already: /)
    }
    await waiting.written
    await lab.holdWhen('the hold has ended', ({ ended }) => ended !== null)
    failsWith('not-consistent', await lab.thaw('thaw'), /somebody else let go/)
  })
})

describe('locktables writes hold.json again where it was', () => {
  for (const [how, lose] of Object.entries(losses))
    scenario(`${how}, and says so in the log`, async ({ lab }) => {
      await lab.freeze('freeze')
      const before = await readFile(holdFile(lab), 'utf8')
      await lose(lab)
      await until(
        'it is what it was',
        async () => (await readFile(holdFile(lab), 'utf8').catch(() => '')) === before,
      )
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
      await until('locktables has ended', async () => (await lab.processes()).length === 0)
      const said = (await lab.log()).filter(({ msg }) => msg.startsWith('hold.json was gone or changed'))
      assert.ok(said.length >= 1)
    })

  for (const [how, lose] of Object.entries(losses))
    scenario(`${how} before the lock was there, and freezes`, async (scene) => {
      const { lab } = scene
      const freezing = await freezeAt('waiting for the lock', scene)
      await lose(lab)
      failsWith('busy', await lab.freeze('freeze'), /^not frozen: the tables are freezing already: /)
      await freezing[Symbol.asyncDispose]()
      succeeds(await freezing.freeze.ended, /^frozen at /)
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
    })
})

describe('a thaw of a locktables that stands still', () => {
  for (const [how, lose] of Object.entries(losses))
    scenario(`ends it, and calls nothing consistent, where hold.json was ${how}`, async ({ lab, writer }) => {
      await lab.settle({ 'thaw-within': '1s' })
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      const standing = await lockerStopped(lab)
      await lose(lab)
      const { exitCode, stdout } = await lab.thaw('thaw')
      await waiting.written
      await standing[Symbol.asyncDispose]()
      assert.ok(exitCode === 30 || exitCode === 31, stdout)
    })
})

scenario('a waitforlock that is removed early makes nobody call it frozen', async (scene) => {
  const { lab } = scene
  const freezing = await freezeAt('waiting for the lock', scene)
  await rm(join(lab.stateDir, 'waitforlock'))
  failsWith('busy', await lab.freeze('freeze'), /^not frozen: /)
  await freezing[Symbol.asyncDispose]()
  succeeds(await freezing.freeze.ended, /^frozen at /)
  succeeds(await lab.thaw('thaw'), /is consistent$/m)
})

async function staysLocked({ lab, writer }: Scene, lose: () => Promise<void>): Promise<void> {
  const waiting = await writer.isKeptWaiting()
  await lose()
  failsWith('busy', await lab.freeze('freeze'), /^not frozen: the tables are (frozen|held) already: /)
  assert.equal(await waiting.stillWaits(), true)
  succeeds(await lab.thaw('thaw'), /is consistent$/m)
  await waiting.written
}

function holdFile({ stateDir }: Lab): string {
  return join(stateDir, 'hold.json')
}
