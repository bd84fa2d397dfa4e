import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe } from 'node:test'
import { failures } from '../../src/core/failure.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import type { Lab } from '../support/lab.ts'
import { openFilesOf, sessionOf } from '../support/processes.ts'
import { noMounts, type ScriptName, shipped, start } from '../support/scripts.ts'

const { scenario } = guestOn('mariadb-10.11')

describe('pre-freeze-script freezes, and post-thaw-script thaws, when called with', () => {
  for (const [freeze, thaw] of [
    [['freeze'], ['thaw']],
    [
      ['freeze', ''],
      ['thaw', ''],
    ],
    [
      ['freeze', 'an argument of the host'],
      ['thaw', 'an argument of the host'],
    ],
    [[], []],
    [[''], ['']],
  ] as const) {
    scenario(`${JSON.stringify(freeze)} and ${JSON.stringify(thaw)}`, async ({ lab, writer }) => {
      succeeds(await lab.freeze(...freeze), /^frozen at /)
      const waiting = await writer.isKeptWaiting()
      succeeds(await lab.thaw(...thaw), /is consistent$/m)
      await waiting.written
    })
  }
})

describe('post-thaw-script lets go, without a verdict, when called with', () => {
  for (const args of [['freezeFail'], ['freezefail'], ['freezeFail', '']]) {
    scenario(JSON.stringify(args), async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      succeeds(await lab.thaw(...args), /^let go after .* s; the freeze failed, so there is no verdict$/m)
      await waiting.written
    })
  }
})

describe('post-thaw-script with nothing to thaw says so and exits 0, when called with', () => {
  for (const args of [['thaw'], ['freezeFail'], []]) {
    scenario(JSON.stringify(args), async ({ lab }) => {
      succeeds(await lab.thaw(...args), /^nothing to thaw$/m)
    })
  }
})

describe('pre-freeze-script never locks when it is called with', () => {
  for (const word of ['thaw', 'freezeFail', 'freezefail', 'post-script']) {
    scenario(word, async ({ lab }) => {
      failsWith(
        'usage',
        await lab.freeze(word),
        new RegExp(`^not frozen: pre-freeze-script was called to ${word}: `),
      )
    })
  }

  for (const words of [['pre'], ['dry-run'], ['freeze', 'a', 'b']])
    scenario(`what nobody freezes with: ${JSON.stringify(words)}`, async ({ lab }) => {
      const line = /^not frozen: pre-freeze-script was called with ".*", which is no word for a freeze;/
      failsWith('usage', await lab.freeze(...words), line)
      assert.deepEqual(await lab.files(), [])
    })
})

describe('post-thaw-script does nothing when it is called with', () => {
  for (const words of [['freeze'], ['FREEZE', ''], ['pre-script'], ['dry-run']])
    scenario(JSON.stringify(words), async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      failsWith('usage', await lab.thaw(...words), /^not thawed: post-thaw-script was called with "/)
      assert.ok((await lab.files()).includes('waitforsnapshot'))
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
      await waiting.written
    })

  scenario('freeze, and there is nothing to let go', async ({ lab }) => {
    failsWith('usage', await lab.thaw('freeze'), /^not thawed: post-thaw-script was called with "freeze": /)
  })
})

scenario(
  'post-thaw-script lets go for a word that nobody thaws with, and calls no snapshot consistent',
  async ({ lab, writer }) => {
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    const line = /^thawed after .* s, whether the snapshot is consistent is unknown: .* called with "pre", /
    failsWith('verdict-unknown', await lab.thaw('pre'), line)
    await waiting.written
  },
)

scenario('both work when nobody reads what they say', async ({ lab, writer }) => {
  const frozen = await lab.start('pre-freeze-script', ['freeze'], { reader: 'nobody' }).ended
  assert.deepEqual(frozen, { exitCode: 0, signal: null, stdout: '', stderr: '' })
  const waiting = await writer.isKeptWaiting()
  const thawed = await lab.start('post-thaw-script', ['thaw'], { reader: 'nobody' }).ended
  assert.deepEqual(thawed, { exitCode: 0, signal: null, stdout: '', stderr: '' })
  await waiting.written
})

scenario('a failure has the same exit code when nobody reads what it says', async ({ lab }) => {
  const frozen = await lab.start('pre-freeze-script', ['--verbose'], { reader: 'nobody' }).ended
  assert.deepEqual(frozen, { exitCode: failures.usage.exitCode, signal: null, stdout: '', stderr: '' })
})

describe('both work from', () => {
  scenario('a link to them in another folder, as in /usr/sbin', async ({ lab, writer }) => {
    const folder = join(lab.folder, 'sbin')
    await mkdir(folder)
    for (const name of ['pre-freeze-script', 'post-thaw-script'] as const)
      await symlink(shipped(name), join(folder, name))
    await worksFrom(folder, lab)
    await writer.writesAtOnce()
  })

  scenario('a copy in another folder, with a space in its name', async ({ lab }) => {
    await worksFrom(await copied(lab, 'a copy'), lab)
  })

  async function worksFrom(folder: string, { env }: Lab): Promise<void> {
    const frozen = await start(join(folder, 'pre-freeze-script'), ['freeze'], { env }).ended
    assert.equal(frozen.stderr, '')
    succeeds(frozen, /^frozen at /)
    const thawed = await start(join(folder, 'post-thaw-script'), ['thaw'], { env }).ended
    assert.equal(thawed.stderr, '')
    succeeds(thawed, /is consistent$/m)
  }
})

scenario(
  'locktables inherits nothing that its invoker could wait for, or that could end it',
  async ({ lab }) => {
    const leaked = join(lab.folder, 'leaked')
    const leak = ['-c', 'exec 9>"$1"; shift; exec "$@"', 'sh', leaked, shipped('pre-freeze-script'), 'freeze']
    succeeds(await start('/bin/sh', leak, { env: lab.env }).ended, /^frozen at /)
    const { pid } = (await lab.hold())!.locker
    const open = await openFilesOf(pid)
    const kept = join(lab.stateDir, 'locktables.log')
    assert.deepEqual(
      [open.get(1), open.get(2), [...open.values()].includes(leaked)],
      ['/dev/null', kept, false],
    )
    assert.equal(await sessionOf(pid), pid)
    assert.equal(await readlink(`/proc/${pid}/cwd`), lab.stateDir)
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
  },
)

describe('without Node.js', () => {
  scenario('pre-freeze-script says where it looked, exits 127 and asks for nothing', async ({ lab }) => {
    const folder = await withoutNode(await copied(lab, 'no-node'))
    const result = await start(join(folder, 'pre-freeze-script'), ['freeze'], { env: lab.env }).ended
    assert.deepEqual([result.exitCode, result.stderr], [127, ''])
    assert.match(result.stdout, /^not frozen: no Node\.js >= 20\.9 at .*\/no-node\/node, [^\n]*\n$/)
  })

  scenario('post-thaw-script lets the database go all the same, and exits 127', async ({ lab, writer }) => {
    const folder = await withoutNode(await copied(lab, 'no-node'))
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    const result = await start(join(folder, 'post-thaw-script'), ['thaw'], { env: lab.env }).ended
    assert.deepEqual([result.exitCode, result.stderr], [127, ''])
    assert.match(
      result.stdout,
      /^the database was let go, but there is no verdict: no Node\.js >= 20\.9 at [^\n]*\n$/,
    )
    await waiting.written
    failsWith('not-consistent', await lab.thaw('thaw'), /somebody else let go/)
  })

  scenario(
    'on the whole machine it is the same',
    async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      const mounts = await hideNode()
      const thawed = await lab.start('post-thaw-script', ['thaw'], { mounts }).ended
      assert.deepEqual([thawed.exitCode, thawed.stderr], [127, ''])
      await waiting.written
      await lab.thaw('freezeFail')
      const frozen = await lab.start('pre-freeze-script', ['freeze'], { mounts }).ended
      assert.deepEqual([frozen.exitCode, frozen.stderr], [127, ''])
    },
    { skip: noMounts() },
  )

  scenario('that works, post-thaw-script lets the database go all the same', async ({ lab, writer }) => {
    const folder = await copied(lab, 'broken-node')
    await writeFile(join(folder, 'node'), '#!/bin/sh\nexit 9\n', { mode: 0o755 })
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    const thawed = await start(join(folder, 'post-thaw-script'), ['thaw'], { env: lab.env }).ended
    assert.deepEqual([thawed.exitCode, thawed.stderr], [9, ''])
    await waiting.written
    const frozen = await start(join(folder, 'pre-freeze-script'), ['freeze'], { env: lab.env }).ended
    assert.deepEqual([frozen.exitCode, frozen.stderr], [9, ''])
    await lab.thaw('freezeFail')
  })
})

describe('each executable', () => {
  for (const name of ['pre-freeze-script', 'post-thaw-script', 'locktables'] as const) {
    scenario(`${name} says its version`, async ({ lab }) => {
      const { stdout, exitCode } = await lab.start(name, ['--version']).ended
      assert.match(stdout, new RegExp(String.raw`^${name} \d+\.\d+\.\d+\n$`))
      assert.equal(exitCode, 0)
    })

    scenario(`${name} leaves the tables frozen where it is asked for help`, async ({ lab }) => {
      await lab.freeze('freeze')
      for (const word of ['--help', '--version']) await lab.start(name, [word]).ended
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
    })

    scenario(`${name} says every setting and every exit code with --help`, async ({ lab }) => {
      const { stdout, exitCode } = await lab.start(name, ['--help']).ended
      assert.match(stdout, /--hold-at-most/)
      for (const [code, { exitCode: number }] of Object.entries(failures))
        assert.match(stdout, new RegExp(String.raw`^ +${number}  ${code} `, 'm'))
      assert.equal(exitCode, 0)
    })
  }
})

async function copied({ folder }: Lab, name: string): Promise<string> {
  const to = join(folder, name)
  await mkdir(to)
  const names: readonly (ScriptName | 'package.json')[] = [
    'pre-freeze-script',
    'post-thaw-script',
    'locktables',
    'package.json',
  ]
  for (const file of names) await copyFile(join(dirname(shipped('locktables')), file), join(to, file))
  return to
}

/** Has the launchers of a copy look for Node.js in no other place. */
async function withoutNode(folder: string): Promise<string> {
  for (const name of ['pre-freeze-script', 'post-thaw-script']) {
    const file = join(folder, name)
    const text = await readFile(file, 'utf8')
    const changed = text.replace(/^places='.*'$/m, "places='/nonexistent/node'")
    assert.notEqual(changed, text)
    await writeFile(file, changed)
  }
  return folder
}

/** Mounts an empty file over each Node.js that the shipped launchers know. */
async function hideNode(): Promise<string> {
  const [, places = ''] = /^places='(.*)'$/m.exec(await readFile(shipped('locktables'), 'utf8')) ?? []
  const recorded = await readFile(join(dirname(shipped('locktables')), 'node-path'), 'utf8').catch(() => '')
  const nodes = `${recorded.trim()} ${places}`
  return `for node in ${nodes}; do [ ! -f $node ] || mount --bind /dev/null $(readlink -f $node); done`
}
