import assert from 'node:assert/strict'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { accountWith, account } from '../support/accounts.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { diskOf, type FrozenDisk } from '../support/frozen-disk.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import { openLab } from '../support/lab.ts'
import { withOwnMounts } from '../support/photograph/own-mounts.ts'
import { type Result, type Script, shipped, start } from '../support/scripts.ts'
import { until } from '../support/until.ts'
import { writerAt } from '../support/writer.ts'
import { startServer } from '../servers/start.ts'

await withOwnMounts('a disk that stands still', () => {
  const { scenario } = guestOn('mariadb-10.11')

  describe('a freeze with a disk that was frozen before it', () => {
    onDisk('goes on where it is that of the log, and says so', async ({ lab, disk }) => {
      await logOn(disk, { lab })
      await disk.freeze()
      succeeds(
        await inTime(lab.start('pre-freeze-script', ['freeze'])),
        new RegExp(`^frozen at .* \\(the log .* is not writable: ${standsStill(disk)}\\)$`, 'm'),
      )
      succeeds(
        await inTime(lab.start('post-thaw-script', ['thaw'])),
        new RegExp(`is consistent \\(the log .* is not writable: ${standsStill(disk)}\\)$`, 'm'),
      )
      await disk.thaw()
      await until('the log has it', async () => (await verdictsIn(disk)).includes('yes'))
    })

    onDisk('fails where it is that of the record, and says so', async ({ lab, disk }) => {
      await lab.settle({ 'record-dir': join(disk.place, 'record'), 'freeze-within': '4s' })
      await disk.freeze()
      const line = `^not frozen: the coordinates cannot be recorded in ${disk.place}/record: ${standsStill(disk)};`
      failsWith(
        'record-dir-unusable',
        await inTime(lab.start('pre-freeze-script', ['freeze']), 4),
        new RegExp(line),
      )
    })

    onDisk('fails where it is that of all that we write, and tells it in the log', async ({ lab, disk }) => {
      await logOn(disk, { lab })
      await lab.settle({ 'record-dir': join(disk.place, 'record'), 'freeze-within': '4s' })
      await disk.freeze()
      const frozen = await inTime(lab.start('pre-freeze-script', ['freeze']), 4)
      failsWith(
        'record-dir-unusable',
        frozen,
        new RegExp(`\\(the log .* is not writable: ${standsStill(disk)}\\)`),
      )
      await disk.thaw()
      await until('the log has it', async () => {
        await lab.thaw('thaw')
        return (await verdictsIn(disk)).includes('no')
      })
    })

    test('fails where it is that of the data, and a commit waits for it', { timeout: 120_000 }, async () => {
      await using disk = await diskOf(768)
      const dir = join(disk.place, 'data')
      await mkdir(dir)
      await using server = await startServer({ name: 'mariadb-10.11', dir })
      const writer = await writerAt(server.socket)
      for (const statement of accountWith(account)) await writer.ask(statement)
      await using lab = await openLab(server.socket)
      await lab.settle({ 'freeze-within': '5s' })
      const { commit, result } = await whileFrozen(disk, async () => {
        const asked = writer.ask('INSERT INTO shop.orders VALUES (4711)')
        asked.catch(() => {})
        await until('the commit is asked for', async () =>
          (await writer.sessionsOf('root')).some(({ text }) => text.includes('4711')),
        )
        return { commit: asked, result: await inTime(lab.start('pre-freeze-script', ['freeze']), 5) }
      })
      assert.notEqual(result.exitCode, 0)
      assert.match(result.stdout, new RegExp(`^not frozen: .*; ${standsStill(disk)};`))
      await commit
      await lab.isLeftClean()
    })
  })

  describe('a locker that ends while the disks are frozen', () => {
    for (const [how, end] of [
      ['by hold-at-most', async () => {}],
      [
        'by SIGTERM, as systemd ends it',
        async (lab) => process.kill((await lab.hold())!.locker.pid, 'SIGTERM'),
      ],
    ] as readonly (readonly [string, (lab: Scene['lab']) => Promise<void>])[])
      onDisk(`${how}, leaves its lines to the next freeze`, async ({ lab, disk }) => {
        await logOn(disk, { lab })
        await lab.settle({ 'hold-at-most': '3s' })
        succeeds(await lab.freeze('freeze'), /^frozen at /)
        const { run } = (await lab.hold())!
        await disk.freeze()
        await end(lab)
        await until('no process is left', async () => (await lab.processes()).length === 0)
        assert.ok((await keptIn(lab)).includes('the hold has ended'))
        await disk.thaw()
        succeeds(await lab.freeze('freeze'), /^frozen at /)
        const seen = [`run ${run}: consistent no`, 'the hold has ended']
        await until('the log has it', async () => {
          const log = await logText(disk)
          return seen.every((words) => log.includes(words))
        })
        await lab.thaw('thaw')
      })
  })

  onDisk('the doctor names it, and ends', async ({ lab, disk, server }) => {
    await disk.freeze()
    const { env } = lab
    const doctor = start(join(shipped('pre-freeze-script'), '../mysql-quiesce'), ['doctor', '--json'], {
      env: { ...env, PATH: process.env['PATH'] ?? '' },
    })
    assert.ok(server)
    const { stdout } = await inTime(doctor, 30)
    const { checks } = JSON.parse(stdout) as { checks: readonly { name: string; seen: string }[] }
    assert.deepEqual(
      checks.filter(({ name }) => name === 'frozen now').map(({ seen }) => seen),
      [`${disk.place} takes no changes`],
    )
    await disk.thaw()
  })

  function onDisk(
    title: string,
    play: (scene: Scene & { readonly disk: FrozenDisk }) => Promise<void>,
  ): void {
    scenario(title, async (scene) => {
      await using disk = await diskOf(32)
      await play({ ...scene, disk })
      await disk.thaw()
      await until('no process is left', async () => (await scene.lab.processes()).length === 0)
      await rm(join(scene.lab.stateDir, 'kept.log'), { force: true })
    })
  }
})

async function whileFrozen<T>(disk: FrozenDisk, play: () => Promise<T>): Promise<T> {
  await disk.freeze()
  try {
    return await play()
  } finally {
    await disk.thaw()
  }
}

function standsStill({ place }: FrozenDisk): string {
  return `the file system ${place} stands still: fsfreeze -u ${place}`
}

async function logOn(disk: FrozenDisk, { lab }: Pick<Scene, 'lab'>): Promise<void> {
  await lab.settle({ 'log-file': join(disk.place, 'quiesce.log') })
}

/** It ends within freeze-within and two seconds, as an invoker sees it; a script that hangs is left alone. */
async function inTime({ ended, kill }: Script, freezeWithin = 20): Promise<Result> {
  const late = AbortSignal.timeout((freezeWithin + 2) * 1000)
  const hung = new Promise<never>((_resolve, reject) =>
    late.addEventListener('abort', () => {
      kill('SIGKILL')
      reject(new Error(`it has not ended within ${freezeWithin + 2} s`))
    }),
  )
  return await Promise.race([ended, hung])
}

async function logText(disk: FrozenDisk): Promise<string> {
  return await readFile(join(disk.place, 'quiesce.log'), 'utf8').catch(() => '')
}

async function verdictsIn(disk: FrozenDisk): Promise<readonly unknown[]> {
  const lines = (await logText(disk)).split('\n').filter(Boolean)
  return lines.map((line) => (JSON.parse(line) as { verdict?: unknown }).verdict)
}

async function keptIn({ stateDir }: Scene['lab']): Promise<string> {
  return await readFile(join(stateDir, 'locktables.log'), 'utf8').catch(() => '')
}
