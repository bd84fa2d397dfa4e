import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { dir, type DirectoryResult, withDir } from 'tmp-promise'
import { build, check } from '../../src/bundle/build.ts'
import { platformsNamed } from '../../src/platforms/all.ts'
import { run } from '../support/as-agent.ts'
import { filesIn } from '../support/files-in.ts'
import { withSourceTree, writeTree } from '../support/source-tree.ts'

const stateDir = '/var/run/veeam'
const textOf = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8')

describe('a bundle for some platforms', () => {
  test('has what they need, and nothing of the others', async () => {
    await withDir(
      async ({ path }) => {
        const out = join(path, 'bundle')
        await build({ out, stateDir, platforms: platformsNamed(['qemu']) })
        const files = filesIn(out).filter((name) => name.startsWith('platforms/'))
        assert.deepEqual(files, ['platforms/freeze-or-thaw', 'platforms/qemu/fsfreeze-hook'])
        assert.deepEqual(
          [textOf(out, 'README.md').includes('veeam'), existsSync(join(out, 'install'))],
          [false, true],
        )
        await build({ out, stateDir })
        await build({ out, stateDir, platforms: [] })
        assert.deepEqual(
          filesIn(out).filter((name) => name.startsWith('platforms/')),
          [],
        )
      },
      { unsafeCleanup: true },
    )
  })

  for (const [directory, line] of [
    ['/var/run/veeam', 'd /run/veeam 0700 root root -'],
    ['/dev/shm/50% of it', 'd "/dev/shm/50%% of it" 0700 root root -'],
    ['/var/running', 'd /var/running 0700 root root -'],
  ] as const) {
    test(`tells tmpfiles.d of its state directory: ${directory}`, async () => {
      await withDir(
        async ({ path }) => {
          const out = join(path, 'bundle')
          await build({ out, stateDir: directory, platforms: [] })
          assert.equal(textOf(out, 'system/tmpfiles.conf').split('\n').at(-2), line)
        },
        { unsafeCleanup: true },
      )
    })
  }
})

describe('templates', () => {
  for (const [what, file, change, message] of [
    [
      'with a carriage return',
      'platforms/freeze-or-thaw',
      (text: string) => text.replace('\n', '\n\r\n'),
      'templates/platforms/freeze-or-thaw:2 has a carriage return',
    ],
    [
      'that ask for what nobody knows',
      'system/logrotate.conf',
      (text: string) => `${text}{{week}}`,
      'templates/system/logrotate.conf asks for {{week}}, which has no value',
    ],
    [
      'that do not ask for what they were to',
      'system/tmpfiles.conf',
      () => '',
      'templates/system/tmpfiles.conf has no {{runDir}}, but a value for it was given',
    ],
    [
      'that no platform ships',
      'platforms/hyperv/hook',
      () => 'x',
      'templates/platforms/hyperv/hook is shipped by no platform',
    ],
  ] as const) {
    test(`fail the build: ${what}`, async () => {
      await withSourceTree({}, async (root) => {
        const place = join(root, 'templates', file)
        writeTree(root, { [`templates/${file}`]: change(existsSync(place) ? textOf(place) : '') })
        await assert.rejects(build({ root, stateDir }), { code: 'build-failed', message })
      })
    })
  }

  test('that are missing fail the build', async () => {
    await withSourceTree({}, async (root) => {
      rmSync(join(root, 'templates/platforms/qemu/fsfreeze-hook'))
      await assert.rejects(build({ root, stateDir }), {
        code: 'build-failed',
        message: 'templates/ has no platforms/qemu/fsfreeze-hook',
      })
    })
  })
})

describe('build --check', () => {
  test('names what differs, and changes nothing', async () => {
    await withSourceTree({}, async (root) => {
      const { out } = await build({ root, stateDir })
      assert.deepEqual(await check({ root, stateDir }), [])
      writeFileSync(join(out, 'locktables'), 'x')
      writeFileSync(join(out, 'stranger'), 'x')
      chmodSync(join(out, 'install'), 0o644)
      rmSync(join(out, 'platforms/freeze-or-thaw'))
      rmSync(join(out, 'LICENSE'))
      symlinkSync('README.md', join(out, 'LICENSE'))
      const seen = filesIn(out)
      assert.deepEqual(await check({ root, stateDir }), [
        { name: 'LICENSE', is: 'different' },
        { name: 'install', is: 'of another mode' },
        { name: 'locktables', is: 'different' },
        { name: 'platforms/freeze-or-thaw', is: 'missing' },
        { name: 'stranger', is: 'not of this bundle' },
      ])
      assert.deepEqual(filesIn(out), seen)
    })
  })

  test('names every file where there is no bundle', async () => {
    await withSourceTree({}, async (root) => {
      writeFileSync(join(root, 'file'), '')
      for (const out of ['nowhere', 'file']) {
        const told = await check({ root, stateDir, out: join(root, out) })
        assert.deepEqual([told.length > 15, told.every(({ is }) => is === 'missing')], [true, true])
      }
    })
  })

  test('does not compare what is true on one machine only', async () => {
    await withSourceTree({}, async (root) => {
      const { out } = await build({ root, stateDir })
      writeFileSync(join(out, 'node-path'), '/elsewhere/node\n')
      assert.deepEqual(await check({ root, stateDir }), [])
    })
  })
})

describe('an archive', () => {
  test('has the same bytes twice, root as the owner, one folder, and nothing that is true on one machine only', async () => {
    await withSourceTree({}, async (root, parent) => {
      const [one, two] = [join(parent, 'one.tar.gz'), join(parent, 'two.tar.gz')]
      const { out, version } = await build({ root, stateDir, archive: one })
      await build({ root, stateDir, archive: two, out: join(parent, 'elsewhere') })
      assert.ok(readFileSync(one).equals(readFileSync(two)))
      const listed = execFileSync('tar', ['-tvzf', one], { encoding: 'utf8' }).trimEnd().split('\n')
      assert.deepEqual(
        listed.filter((line) => !/^\S+ root\/root +\d+ 2000-01-01 /.test(line)),
        [],
      )
      execFileSync('tar', ['-xzf', one, '-C', parent])
      const folder = `mysql-quiesce-${version}`
      assert.deepEqual(
        filesIn(join(parent, folder)),
        filesIn(out).filter((name) => name !== 'node-path'),
      )
      assert.equal(
        spawnSync('sha256sum', ['-c', '--status', 'SHA256SUMS'], { cwd: join(parent, folder) }).status,
        0,
      )
    })
  })

  test('that cannot be written fails the build before the bundle is replaced, and leaves nothing behind', async () => {
    await withSourceTree({}, async (root, parent) => {
      writeFileSync(join(parent, 'file'), '')
      mkdirSync(join(parent, 'folder'))
      const seen = filesIn(parent)
      for (const [archive, why] of [
        ['file/x.tar.gz', /x\.tar\.gz cannot be written: not a directory \(ENOTDIR\)/],
        ['nowhere/x.tar.gz', /x\.tar\.gz cannot be written: no such file or directory \(ENOENT\)/],
        ['folder', /folder cannot be written: it is a directory/],
      ] as const) {
        await assert.rejects(build({ root, stateDir, archive: join(parent, archive) }), {
          code: 'build-failed',
          message: why,
        })
        assert.deepEqual(filesIn(parent), seen)
      }
    })
  })
})

describe('a bundle with Node.js inside', () => {
  let folder: DirectoryResult
  let out: string

  before(async () => {
    folder = await dir({ unsafeCleanup: true })
    out = join(folder.path, 'bundle')
    await build({ out, stateDir, node: 'inside' })
  })
  after(() => folder.cleanup())

  test('has the Node.js that built it, with its licence', async () => {
    assert.equal((await run(join(out, 'node'), ['--version'])).stdout, `${process.version}\n`)
    assert.match(textOf(out, 'LICENSE.node'), /Node\.js/)
  })

  test('is started by that Node.js and no other', async () => {
    writeFileSync(join(out, 'node'), '#!/bin/sh\necho "called: $0"\n')
    const { stdout } = await run(join(out, 'mysql-quiesce'), ['--version'])
    assert.equal(stdout, `called: ${join(out, 'node')}\n`)
  })

  test('is not what a build without it makes', async () => {
    const told = await check({ out, stateDir })
    assert.deepEqual(
      told.map(({ name }) => name),
      ['LICENSE.node', 'README.md', 'SHA256SUMS', 'node'],
    )
  })
})
