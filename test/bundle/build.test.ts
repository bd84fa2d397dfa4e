import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { dir, type DirectoryResult } from 'tmp-promise'
import { companions, executables, shippedFor } from '../../src/bundle/artifacts.ts'
import { build } from '../../src/bundle/build.ts'
import { packagesOf } from '../../src/bundle/licences.ts'
import { platforms } from '../../src/platforms/all.ts'
import { filesIn } from '../support/files-in.ts'
import { run } from '../support/as-agent.ts'
import { ownSource, withSourceTree, writeTree } from '../support/source-tree.ts'

const stateDir = '/var/run/veeam'
const textOf = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8')

describe('the bundle of this source', () => {
  let folder: DirectoryResult
  let out: string

  before(async () => {
    folder = await dir({ unsafeCleanup: true })
    out = join(folder.path, 'bundle')
    await build({ out, stateDir })
  })
  after(() => folder.cleanup())

  test('holds what the tables say, with their modes, and nothing else', () => {
    const told = [...executables, ...companions, ...shippedFor(platforms)].map(({ name, mode }) => [
      name,
      mode,
    ])
    const made = filesIn(out).map((name) => [name, statSync(join(out, name)).mode & 0o777])
    assert.deepEqual(Object.fromEntries(made), Object.fromEntries(told))
  })

  test('is verified by sha256sum, every file but the sums and what the machine adds', () => {
    const { status, stdout } = spawnSync('sha256sum', ['-c', '--strict', 'SHA256SUMS'], {
      cwd: out,
      encoding: 'utf8',
    })
    const unlisted = companions.filter(({ checksum }) => checksum === 'not-listed').map(({ name }) => name)
    assert.deepEqual([status, unlisted], [0, ['SHA256SUMS', 'node-path']])
    assert.equal(stdout.match(/: OK\n/g)?.length, filesIn(out).length - unlisted.length)
  })

  test('has the README and package.json that are kept in git', () => {
    for (const name of ['README.md', 'package.json']) {
      assert.equal(textOf(out, name), textOf(ownSource, 'dist-scripts', name))
    }
  })

  test('names the Node.js that built it', () => {
    assert.equal(textOf(out, 'node-path'), `${process.execPath}\n`)
  })

  test('has the licence of every package of which something is inside, and of no other', () => {
    const paths = executables.flatMap(({ name }) => textOf(out, name).match(/node_modules\/[^\s"]+/g) ?? [])
    const inside = packagesOf(paths).map((path) => JSON.parse(textOf(ownSource, path, 'package.json')))
    const told = textOf(out, 'THIRD-PARTY-LICENSES.txt').matchAll(/^-{80}\n\n(\S+ \S+) \(/gm)
    assert.deepEqual(
      [...told].map(([, name]) => name),
      inside.map(({ name, version }) => `${name} ${version}`),
    )
  })

  test('has no path of this machine in it, but for node-path', () => {
    for (const name of filesIn(out).filter((each) => each !== 'node-path')) {
      for (const path of [ownSource, folder.path])
        assert.ok(!textOf(out, name).includes(path), `${path} in ${name}`)
    }
  })

  for (const { name } of executables) {
    test(`has ${name} answer an agent that knows no PATH`, async () => {
      const { ended, stdout, stderr } = await run(join(out, name), ['--version'])
      const { version } = JSON.parse(textOf(ownSource, 'package.json'))
      assert.deepEqual([ended, stderr, stdout.includes(version)], [0, '', true])
    })
  }

  test('runs none of the code that somebody has put into a node_modules above it', async () => {
    const home = join(folder.path, 'planted/a/b')
    const mark = join(folder.path, 'planted/ran')
    cpSync(out, home, { recursive: true })
    plant(['cardinal', 'esbuild', 'tmp-promise', 'commander', 'mysql2', 'pino', 'thread-stream'], mark)
    writeTree(home, { control: `try { require('cardinal') } catch {}` })

    const env = { MYSQL_QUIESCE_STATE_DIR: join(folder.path, 'planted/state') }
    const argv = ['--no-such-option', `--log-file=${join(folder.path, 'planted/log')}`]
    for (const { name } of executables) await run(join(home, name), argv, { env })
    await run(join(home, 'mysql-quiesce'), ['build'])
    assert.equal(existsSync(mark), false)
    spawnSync(process.execPath, [join(home, 'control')])
    assert.equal(existsSync(mark), true)
  })

  test('has a command that cannot build, and says so in a line and a hint', async () => {
    const { ended, stdout, stderr } = await run(join(out, 'mysql-quiesce'), [
      'build',
      '--out',
      join(folder.path, 'x'),
    ])
    assert.deepEqual([ended, stdout, stderr.split('\n').length], [40, '', 3])
    assert.match(
      stderr,
      /^mysql-quiesce: this mysql-quiesce is itself a built file.*\nhint: build works where /,
    )
    assert.equal(existsSync(join(folder.path, 'x')), false)
  })

  test('is CommonJS even below a package.json that says module', async () => {
    const below = join(folder.path, 'module')
    writeTree(below, { 'package.json': '{"type":"module"}' })
    cpSync(out, join(below, 'bundle'), { recursive: true })
    assert.equal((await run(join(below, 'bundle/locktables'), ['--version'])).ended, 0)
  })

  test('has the same bytes when the source lies in another folder', () => {
    const copy = join(folder.path, 'another', 'place')
    copySource(copy)
    const args = ['--import', 'tsx', 'src/bin/mysql-quiesce.ts', 'build']
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' })
    assert.deepEqual([status, stderr], [0, ''])
    assert.equal(textOf(copy, 'dist-scripts/SHA256SUMS'), textOf(out, 'SHA256SUMS'))
  })

  /** Packages that leave a mark when they are loaded, in the node_modules of every folder above the bundle. */
  function plant(names: readonly string[], mark: string): void {
    const code = `require('node:fs').writeFileSync(${JSON.stringify(mark)}, __filename)`
    for (const above of ['planted', 'planted/a', 'planted/a/b']) {
      for (const name of names) {
        writeTree(join(folder.path, above, 'node_modules', name), { 'index.js': code, 'promise.js': code })
      }
    }
  }

  /** What a clone holds, with what is inside the executables copied and the tools linked. */
  function copySource(copy: string): void {
    for (const name of ['src', 'templates', 'LICENSE', 'package.json', 'tsconfig.json']) {
      cpSync(join(ownSource, name), join(copy, name), { recursive: true })
    }
    const inside = textOf(out, 'THIRD-PARTY-LICENSES.txt').matchAll(/^-{80}\n\n(\S+) \S+ \(/gm)
    for (const [, name = ''] of inside) {
      cpSync(join(ownSource, 'node_modules', name), join(copy, 'node_modules', name), { recursive: true })
    }
    for (const name of ['tsx', 'esbuild', 'execa', 'tmp-promise']) {
      mkdirSync(join(copy, 'node_modules'), { recursive: true })
      const place = join(copy, 'node_modules', name)
      if (!existsSync(place)) symlinkSync(join(ownSource, 'node_modules', name), place)
    }
  }
})

describe('a bundle', () => {
  test('has the state directory it was built for in the sh heads and in the programs', async () => {
    await withSourceTree({}, async (root, parent) => {
      const own = join(parent, `it's $(own)`)
      const { out } = await build({ root, stateDir: own })
      writeTree(own, { waitforsnapshot: '' })
      const { stdout } = await run(join(out, 'post-thaw-script'), [])
      assert.deepEqual([JSON.parse(stdout).stateDir, existsSync(join(own, 'waitforsnapshot'))], [own, false])
    })
  })

  test('is not touched by a build that fails', async () => {
    await withSourceTree({}, async (root) => {
      const { out } = await build({ root, stateDir })
      const sums = textOf(out, 'SHA256SUMS')
      writeTree(root, { 'src/bin/locktables.ts': 'let 1' })
      await assert.rejects(build({ root, stateDir }), { code: 'build-failed' })
      assert.equal(textOf(out, 'SHA256SUMS'), sums)
      assert.equal(spawnSync('sha256sum', ['-c', '--status', 'SHA256SUMS'], { cwd: out }).status, 0)
    })
  })

  test('is made where the source is, and nowhere else', async () => {
    await assert.rejects(build({ root: '/nonexistent', stateDir }), {
      code: 'not-a-source-tree',
      message: /^\/nonexistent is not the source: /,
    })
  })
})
