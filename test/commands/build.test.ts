import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { sha256Of } from '../../src/adapters/sha256.ts'
import { companions, executables, shippedFor } from '../../src/bundle/artifacts.ts'
import { platforms } from '../../src/platforms/all.ts'
import manifest from '../../package.json' with { type: 'json' }
import { command } from '../support/command.ts'
import { writeTree } from '../support/source-tree.ts'

const names = [...executables, ...companions, ...shippedFor(platforms)].map(({ name }) => name)

async function inFolder(use: (out: string) => Promise<void>): Promise<void> {
  await withDir(({ path }) => use(join(path, 'bundle')), { unsafeCleanup: true })
}

describe('mysql-quiesce build', () => {
  test('says each file with its size, and where the bundle is', async () => {
    await inFolder(async (out) => {
      const { exitCode, lines, notes } = await command('build', '--out', out)
      const sized = names.map((name) => `${name} ${(statSync(join(out, name)).size / 1000).toFixed(1)} kB`)
      const last = `mysql-quiesce ${manifest.version} for /var/run/veeam is in ${out}`
      assert.deepEqual([exitCode, notes], [0, []])
      assert.deepEqual(
        lines.map((line) => line.replaceAll(/ +/g, ' ')),
        [...sized, last],
      )
    })
  })

  test('says the same as JSON, with the checksums', async () => {
    await inFolder(async (out) => {
      const { lines } = await command('build', '--json', '--out', out)
      const files = names.map((name) => {
        const content = readFileSync(join(out, name), 'utf8')
        return { name, size: statSync(join(out, name)).size, sha256: sha256Of(content) }
      })
      const expected = { out, version: manifest.version, stateDir: '/var/run/veeam', files }
      assert.deepEqual(JSON.parse(lines.join('\n')), expected)
    })
  })

  test('builds the last state directory that --set names into the bundle', async () => {
    await inFolder(async (out) => {
      const sets = ['--set', 'state-dir=/run/one', '--set', 'state-dir=/run/a=b/']
      const { lines } = await command('build', ...sets, '--out', out)
      assert.match(lines.at(-1) ?? '', / for \/run\/a=b is in /)
      assert.match(readFileSync(join(out, 'post-thaw-script'), 'utf8'), /^built='\/run\/a=b'$/m)
    })
  })

  for (const [set, exitCode, message] of [
    [
      'state-dir=veeam',
      3,
      /^mysql-quiesce: --set state-dir is "veeam": not the absolute path of a directory$/,
    ],
    ['state-dir=', 3, /^mysql-quiesce: --set state-dir is ""/],
    ['state-dir', 2, /^mysql-quiesce: --set state-dir: only state-dir=DIR can be built/],
    ['lock=ftwrl', 2, /^mysql-quiesce: --set lock=ftwrl: only state-dir=DIR can be built/],
  ] as const) {
    test(`builds nothing with --set '${set}'`, async () => {
      await inFolder(async (out) => {
        const said = await command('build', '--out', out, '--set', set)
        assert.deepEqual([said.exitCode, said.lines], [exitCode, []])
        assert.match(said.notes[0] ?? '', message)
        assert.deepEqual(readdirSync(join(out, '..')), [])
      })
    })
  }

  test('refuses a folder that no build made', async () => {
    await inFolder(async (out) => {
      writeTree(out, { notes: 'mine' })
      const { exitCode, notes } = await command('build', '--out', out)
      assert.deepEqual(
        [exitCode, notes[0]],
        [42, `mysql-quiesce: ${out} holds notes, and no README.md of a bundle`],
      )
      assert.deepEqual(readdirSync(out), ['notes'])
    })
  })
})
