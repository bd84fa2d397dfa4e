import assert from 'node:assert/strict'
import { chmod, chown, mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import { interfere } from '../support/interfere.ts'
import type { Lab } from '../support/lab.ts'
import { nodeOf, removeWaitForSnapshot } from '../support/moments.ts'
import { until } from '../support/until.ts'

const { scenario } = guestOn('mariadb-10.11')
const notRoot = process.getuid?.() !== 0 && 'only root can give a directory away'

scenario('a state directory that is missing is made, for us alone', async ({ lab }) => {
  await rm(lab.stateDir, { recursive: true })
  succeeds(await lab.freeze('freeze'), /^frozen at /)
  const { mode, uid } = await stat(lab.stateDir)
  assert.deepEqual([(mode & 0o7777).toString(8), uid], ['700', process.getuid?.()])
  succeeds(await lab.thaw('thaw'), /is consistent$/m)
})

scenario('a state directory that is missing has nothing to thaw, and is not made', async ({ lab }) => {
  await rm(lab.stateDir, { recursive: true })
  succeeds(await lab.thaw('thaw'), /^nothing to thaw$/m)
  await assert.rejects(stat(lab.stateDir), { code: 'ENOENT' })
  await mkdir(lab.stateDir, { mode: 0o700 })
})

for (const what of ['removed', 'emptied'] as const)
  scenario(`a state directory that is ${what} while frozen lets the database go`, async ({ lab, writer }) => {
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    // Again, where locktables has put its last hold.json there between the files and the directory.
    await rm(lab.stateDir, { recursive: true, maxRetries: 5 })
    await waiting.written
    await until('locktables has ended', async () => (await lab.processes()).length === 0)
    if (what === 'emptied') await mkdir(lab.stateDir, { mode: 0o700 })
    const why =
      /^whether the snapshot is consistent is unknown: nothing is left of the freeze that was called at /
    failsWith('verdict-unknown', await lab.thaw('thaw'), why)
    succeeds(await lab.thaw('thaw'), /^nothing to thaw$/m)
    await mkdir(lab.stateDir, { mode: 0o700, recursive: true })
  })

describe('a state directory is refused, and nothing is locked, when it', () => {
  const bad: readonly {
    readonly title: string
    readonly spoil: (stateDir: string) => Promise<void>
    readonly seen: string
    readonly skip?: string | false
  }[] = [
    {
      title: 'is a symbolic link',
      spoil: async (stateDir) => {
        await rename(stateDir, `${stateDir}-real`)
        await symlink(`${stateDir}-real`, stateDir)
      },
      seen: 'is a symbolic link',
    },
    {
      title: 'is a file',
      spoil: async (stateDir) => {
        await rm(stateDir, { recursive: true })
        await writeFile(stateDir, '')
      },
      seen: 'is not a directory',
    },
    {
      title: 'belongs to somebody else',
      spoil: (stateDir) => chown(stateDir, 12_345, 12_345),
      seen: 'belongs to user 12345, not to us .user 0.',
      skip: notRoot,
    },
    {
      title: 'may be written by its group',
      spoil: (stateDir) => chmod(stateDir, 0o770),
      seen: 'may be written by others: mode 0770',
    },
    {
      title: 'may be written by everybody',
      spoil: (stateDir) => chmod(stateDir, 0o1777),
      seen: 'may be written by others: mode 1777',
    },
  ]
  for (const { title, spoil, seen, skip = false } of bad) {
    const play = async ({ lab }: { lab: Lab }) => {
      await spoil(lab.stateDir)
      const line = new RegExp(`^not (frozen|thawed): ${lab.stateDir} ${seen};`)
      failsWith('state-dir-unusable', await lab.freeze('freeze'), line)
      failsWith('state-dir-unusable', await lab.thaw('thaw'), line)
      const byHand = await lab.start('locktables').ended
      failsWith('state-dir-unusable', byHand, new RegExp(`^no lock: ${lab.stateDir} ${seen};`))
      for (const left of [lab.stateDir, `${lab.stateDir}-real`])
        await rm(left, { recursive: true, force: true })
      await mkdir(lab.stateDir, { mode: 0o700 })
    }
    scenario(title, play, { skip })
  }

  scenario('cannot be made', async ({ lab }) => {
    const inTheWay = join(lab.folder, 'file')
    await writeFile(inTheWay, '')
    const good = lab.env['MYSQL_QUIESCE_STATE_DIR']!
    lab.env['MYSQL_QUIESCE_STATE_DIR'] = join(inTheWay, 'state')
    const line = /^not frozen: .*\/file\/state cannot be made: not a directory \(ENOTDIR\);/
    failsWith('state-dir-unusable', await lab.freeze('freeze'), line)
    succeeds(await lab.thaw('thaw'), /^nothing to thaw$/m)
    lab.env['MYSQL_QUIESCE_STATE_DIR'] = good
  })
})

const contents = {
  empty: '',
  garbage: '\0\u0001 no JSON {',
  foreign: '{"name":"somebody else","value":[1,2,3]}',
} as const

describe('a freeze cleans up, and goes on, beside', () => {
  for (const [kind, text] of Object.entries(contents)) {
    for (const files of [
      ['waitforlock'],
      ['waitforsnapshot'],
      ['waitforlock', 'waitforsnapshot'],
      ['hold.json'],
    ]) {
      scenario(`${kind} ${files.join(' and ')}`, async ({ lab }) => {
        for (const name of files) await writeFile(join(lab.stateDir, name), text)
        succeeds(await lab.freeze('freeze'), /^frozen at /)
        const warnings = (await lab.log()).filter(({ level }) => level === 40)
        assert.match(
          warnings[0]?.msg ?? '',
          /^cleaning up an abandoned run: lock files of another hand|^hold\.json held no hold/,
        )
        succeeds(await lab.thaw('thaw'), /is consistent$/m)
      })
    }
  }
})

scenario(
  'a freeze that fails leaves nothing of a hold.json that was half written, either',
  async ({ lab }) => {
    await writeFile(join(lab.stateDir, 'hold.json.new'), '{"run":"2026')
    using gate = interfere(lab, { how: 'gate', script: 'locktables' })
    gate.set()
    const freeze = lab.start('pre-freeze-script', ['freeze'])
    await until('locktables stands at the gate', () => nodeOf(lab, 'locktables'))
    freeze.kill('SIGTERM')
    failsWith('stopped', await freeze.ended, /^not frozen: /)
    assert.deepEqual(await lab.files(), [])
  },
)

describe('a freeze is refused beside a folder that is called', () => {
  for (const name of ['waitforlock', 'waitforsnapshot', 'hold.json']) {
    scenario(name, async ({ lab }) => {
      await mkdir(join(lab.stateDir, name))
      failsWith(
        'state-dir-unusable',
        await lab.freeze('freeze'),
        new RegExp(`^not frozen: .*${name} cannot be read: `),
      )
      assert.deepEqual(await lab.files(), [name])
      await rm(join(lab.stateDir, name), { recursive: true })
    })
  }
})

describe('a thaw is not content with', () => {
  for (const [kind, text] of Object.entries(contents)) {
    scenario(`a waitforsnapshot that is ${kind}, and that no hold answers`, async ({ lab }) => {
      await writeFile(join(lab.stateDir, 'waitforsnapshot'), text)
      const { exitCode, stdout } = await lab.thaw('thaw')
      assert.equal(exitCode, 30)
      assert.match(stdout, /^not consistent: let go before the lock was there; discard this snapshot/)
    })

    scenario(`a hold.json that is ${kind}`, async ({ lab }) => {
      await lab.settle({ 'thaw-within': '1s' })
      await writeFile(join(lab.stateDir, 'waitforsnapshot'), '')
      await writeFile(join(lab.stateDir, 'hold.json'), text)
      const { exitCode, stdout } = await lab.thaw('thaw')
      assert.equal(exitCode, 31)
      assert.match(
        stdout,
        /^let go, the verdict is unknown: hold\.json is gone, or holds no hold; treat this snapshot as/,
      )
    })
  }
})

describe('hold.json is written anew, and so does no harm, when it is', () => {
  for (const [kind, text] of Object.entries(contents)) {
    scenario(`made ${kind} while frozen`, async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      await writeFile(join(lab.stateDir, 'hold.json'), text)
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
      await waiting.written
    })
  }

  scenario('removed while frozen', async ({ lab, writer }) => {
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    await rm(join(lab.stateDir, 'hold.json'))
    await removeWaitForSnapshot(lab)
    await waiting.written
    await lab.holdWhen('it is there again', ({ ended }) => ended !== null)
    failsWith('not-consistent', await lab.thaw('thaw'), /somebody else let go/)
  })
})
