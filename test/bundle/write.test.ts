import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { type BundleFile, checksumsOf } from '../../src/bundle/checksum.ts'
import { bundleMark } from '../../src/bundle/place.ts'
import { formerOf, stagePrefix } from '../../src/bundle/swap.ts'
import { write } from '../../src/bundle/write.ts'

const killedBuild = join(import.meta.dirname, '../support/killed-build.ts')

function bundle(version: string, more: readonly BundleFile[] = []): BundleFile[] {
  const files = [
    { name: 'README.md', mode: 0o644, content: `${bundleMark}\n` },
    { name: 'locktables', mode: 0o755, content: version },
    ...more,
  ]
  return [...files, { name: 'SHA256SUMS', mode: 0o644, content: checksumsOf(files) }]
}

/** In an empty folder, with the place of a bundle below it. */
async function inFolder(use: (at: { parent: string; out: string }) => Promise<void>): Promise<void> {
  await withDir(({ path }) => use({ parent: path, out: join(path, 'bundle') }), { unsafeCleanup: true })
}

const versionIn = (out: string): string => readFileSync(join(out, 'locktables'), 'utf8')

describe('a bundle', () => {
  test('is put into a place that is free, its parents made', async () => {
    await inFolder(async ({ parent }) => {
      const out = join(parent, 'a/b/bundle')
      assert.equal(await write(bundle('1'), out), out)
      assert.deepEqual(readdirSync(out).toSorted(), ['README.md', 'SHA256SUMS', 'locktables'])
      assert.deepEqual(readdirSync(join(parent, 'a/b')), ['bundle'])
    })
  })

  test('fails where the folder above it cannot be made', async () => {
    await assert.rejects(write(bundle('1'), '/proc/none/of/it'), {
      code: 'build-failed',
      message: /^\/proc\/none\/of\/it cannot be written: .*\((ENOENT|EACCES)\)$/,
    })
  })

  test('is put into an empty folder', async () => {
    await inFolder(async ({ out }) => {
      mkdirSync(out)
      await write(bundle('1'), out)
      assert.equal(versionIn(out), '1')
    })
  })

  test('has the modes of the table, whatever the umask, and can be entered by everyone', async () => {
    const umask = process.umask(0o077)
    try {
      await inFolder(async ({ out }) => {
        await write(bundle('1'), out)
        const modes = [out, join(out, 'locktables'), join(out, 'README.md')].map(
          (path) => statSync(path).mode & 0o777,
        )
        assert.deepEqual(modes, [0o755, 0o755, 0o644])
      })
    } finally {
      process.umask(umask)
    }
  })

  test('takes the place of the one before as a whole: what is no longer shipped is gone', async () => {
    await inFolder(async ({ parent, out }) => {
      await write(bundle('1', [{ name: 'shipped-once', mode: 0o755, content: '' }]), out)
      await write(bundle('2'), out)
      assert.deepEqual([versionIn(out), readdirSync(out).includes('shipped-once')], ['2', false])
      assert.deepEqual(readdirSync(parent), ['bundle'])
    })
  })

  test('is put where a link to the folder points, and the link stays', async () => {
    await inFolder(async ({ parent, out }) => {
      await write(bundle('1'), out)
      symlinkSync(out, join(parent, 'link'))
      assert.equal(await write(bundle('2'), join(parent, 'link')), out)
      assert.deepEqual([versionIn(out), lstatSync(join(parent, 'link')).isSymbolicLink()], ['2', true])
    })
  })
})

describe('a folder that is not a bundle of ours', () => {
  for (const [what, make, reason] of [
    ['a file', (out: string) => writeFileSync(out, 'x'), /is not a folder/],
    [
      'a folder of somebody else',
      (out: string) => folderWith(out, { notes: '' }),
      /holds notes, and no README/,
    ],
    [
      'a folder with another README',
      (out: string) => folderWith(out, { 'README.md': '# Other\n' }),
      /holds README/,
    ],
    [
      'a bundle in which somebody has put something',
      (out: string) => folderWith(out, { 'README.md': `${bundleMark}\n`, node: 'x' }),
      /holds node, which no build put there/,
    ],
  ] as const) {
    test(`is refused and left as it is: ${what}`, async () => {
      await inFolder(async ({ parent, out }) => {
        make(out)
        const before = contentOf(parent)
        await assert.rejects(write(bundle('2'), out), { code: 'not-a-bundle', message: reason })
        assert.deepEqual(contentOf(parent), before)
      })
    })
  }
})

describe('a build that is killed', () => {
  for (const step of [0, 1, 2]) {
    test(`before step ${step} loses nothing: the next one ends with a whole bundle and leaves no trace`, async () => {
      await inFolder(async ({ parent, out }) => {
        await write(bundle('old'), out)
        killBefore(step, parent, out)
        const place = step === 1 ? formerOf(out) : out
        assert.equal(versionIn(place), step === 2 ? 'new' : 'old')

        await write(bundle('newer'), out)
        assert.deepEqual([versionIn(out), readdirSync(parent)], ['newer', ['bundle']])
      })
    })
  }

  test('between the renames has its old bundle brought back by the next build, even if that one fails', async () => {
    await inFolder(async ({ parent, out }) => {
      await write(bundle('old'), out)
      killBefore(1, parent, out)
      const failing = write([{ name: 'x'.repeat(300), mode: 0o644, content: '' }], out)
      await assert.rejects(failing, {
        code: 'build-failed',
        message: /cannot be written: name too long \(ENAMETOOLONG\)/,
      })
      assert.deepEqual([versionIn(out), readdirSync(parent)], ['old', ['bundle']])
    })
  })

  test('is swept up only when it is dead: what another build is staging is left alone', async () => {
    await inFolder(async ({ parent, out }) => {
      const alive = join(parent, `${stagePrefix(out)}-${process.pid}-abc`)
      const dead = join(parent, `${stagePrefix(out)}-${deadPid()}-abc`)
      for (const stage of [alive, dead]) folderWith(stage, { locktables: '' })
      await write(bundle('1'), out)
      assert.deepEqual(readdirSync(parent).toSorted(), [basename(alive), 'bundle'])
    })
  })
})

describe('a build that fails', () => {
  for (const [step, version] of [
    [0, 'old'],
    [1, 'old'],
    [2, 'new'],
  ] as const) {
    test(`at step ${step} leaves the ${version} bundle and nothing beside it`, async () => {
      await inFolder(async ({ parent, out }) => {
        await write(bundle('old'), out)
        let steps = 0
        const before = () => {
          if (steps++ === step) throw new Error('disk full')
        }
        await assert.rejects(write(bundle('new'), out, { before }), {
          code: 'build-failed',
          message: /disk full/,
        })
        assert.deepEqual([versionIn(out), readdirSync(parent)], [version, ['bundle']])
      })
    })
  }
})

/** Runs a build of the bundle `new` that is killed before the step with this number. */
function killBefore(step: number, parent: string, out: string): void {
  const files = join(parent, 'files.json')
  writeFileSync(files, JSON.stringify(bundle('new')))
  const args = ['--import', 'tsx', killedBuild, files, out, String(step)]
  assert.equal(spawnSync(process.execPath, args).signal, 'SIGKILL')
  rmSync(files)
}

function deadPid(): number {
  return spawnSync('/bin/true').pid
}

function folderWith(path: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(path)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
}

/** Every path below the folder, and what is in the files. */
function contentOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()
  const content = (path: string) => (statSync(path).isFile() ? readFileSync(path, 'utf8') : 'folder')
  return Object.fromEntries(paths.map((path) => [path, content(join(folder, path))]))
}
