import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { dir, type DirectoryResult } from 'tmp-promise'
import { build } from '../../src/bundle/build.ts'
import { run } from '../support/as-agent.ts'
import { plant, treeOf } from '../support/tree.ts'

describe('the command of a bundle', () => {
  let folder: DirectoryResult
  let bundle: string
  let root: string
  let roots = 0

  before(async () => {
    folder = await dir({ unsafeCleanup: true })
    bundle = join(folder.path, 'bundle')
    await build({ out: bundle, stateDir: '/var/run/veeam' })
  })
  after(() => folder.cleanup())

  /** In a new empty system. */
  function fresh(): void {
    root = join(folder.path, `root${(roots += 1)}`)
    mkdirSync(root)
  }
  const call = (...args: readonly string[]) => run(join(bundle, 'mysql-quiesce'), [...args, '--root', root])

  test('installs what it lies beside, says each step, and what is next', async () => {
    fresh()
    const { ended, stdout, stderr } = await call('install', '--platform', 'vmware', 'qemu')
    assert.deepEqual([ended, stderr], [0, ''])
    assert.match(stdout, /^platforms: vmware, qemu \(named\)\n/)
    assert.match(stdout, /\nwrite \d+ files in \/usr\/lib\/mysql-quiesce\/0\.\S+\n/)
    assert.match(
      stdout,
      /\nlink \/usr\/sbin\/pre-freeze-script -> \/usr\/lib\/mysql-quiesce\/current\/pre-freeze-script\n/,
    )
    assert.match(stdout, /\nnext: .*systemctl restart qemu-guest-agent\n/)
  })

  test('takes names of platforms with commas as well, and names all when one is unknown', async () => {
    fresh()
    assert.match(
      (await call('install', '--platform', 'vmware,qemu', '--dry-run')).stdout,
      /^platforms: vmware, qemu/,
    )
    const { ended, stderr } = await call('install', '--platform', 'xen')
    assert.equal(ended, 2)
    assert.match(
      stderr,
      /^mysql-quiesce: there is no platform "xen"; there are vmware, vmware-scripts\.d, veeam, qemu\nhint: /,
    )
    assert.deepEqual(readdirSync(root), [])
  })

  test('takes no empty --root for the folder that it is called in', async () => {
    fresh()
    for (const args of [['install', '--dry-run'], ['uninstall', '--dry-run'], ['doctor']]) {
      const words = [...args, '--root', '']
      const { ended, stderr } = await run(join(bundle, 'mysql-quiesce'), words, { cwd: root })
      assert.deepEqual([ended, stderr.split('\n')[0]], [2, "mysql-quiesce: --root '' names no folder"])
    }
  })

  test('prints with --dry-run what it would do, and does nothing', async () => {
    fresh()
    const dry = await call('install', '--dry-run')
    assert.deepEqual(readdirSync(root), [])
    const wet = await call('install')
    const told = dry.stdout.split('\n').filter((line) => line.startsWith('would '))
    assert.ok(told.length > 5)
    for (const line of told) assert.ok(wet.stdout.includes(`\n${line.slice('would '.length)}\n`), line)
  })

  test('shows the password of an import nowhere', async () => {
    fresh()
    plant(root, { 'etc/qemu/qemu.conf': { text: 'USERNAME=root\nPASSWORD=hunter2\n', mode: 0o600 } })
    for (const args of [['--dry-run', '--json'], ['--dry-run'], ['--json']]) {
      const { ended, stdout, stderr } = await call('install', '--import-qemu-conf', ...args)
      assert.deepEqual([ended, stdout.includes('hunter2'), stderr], [0, false, ''])
    }
    assert.match(treeOf(root)['etc/mysql-quiesce.cnf'] ?? '', /password = "hunter2"/)
  })

  test('prints the commands that SELinux needs, where it is', async () => {
    fresh()
    plant(root, { 'etc/selinux/config': { text: 'SELINUX=enforcing\n' } })
    const { stdout } = await call('install', '--platform', 'qemu')
    assert.match(
      stdout,
      /\nnext: setsebool -P virt_qemu_ga_run_unconfined on\nnext: semanage fcontext .*'\/usr\/lib\/mysql-quiesce\//,
    )
  })

  test('says as JSON what it did, for install and uninstall', async () => {
    fresh()
    const installed = JSON.parse((await call('install', '--json', '--platform', 'veeam')).stdout)
    assert.deepEqual([installed.platforms, installed.root], [['veeam'], root])
    assert.deepEqual(installed.steps.at(-1), { do: 'note', path: '/usr/lib/mysql-quiesce/manifest.json' })
    const removed = JSON.parse((await call('uninstall', '--json')).stdout)
    assert.equal(removed.steps.at(-1).do, 'forget')
    assert.deepEqual(readdirSync(root), [])
  })

  test('uninstalls with --dry-run nothing, and says what it would', async () => {
    fresh()
    await call('install', '--platform', 'qemu')
    const whole = treeOf(root)
    assert.match((await call('uninstall', '--dry-run')).stdout, /would remove \/etc\/qemu\/fsfreeze-hook\n/)
    assert.deepEqual(treeOf(root), whole)
    assert.match((await call('uninstall')).stdout, /next: restart the agent/)
    assert.equal((await call('uninstall')).ended, 57)
  })

  test('says in one line and a hint that something is in the way', async () => {
    fresh()
    plant(root, { 'usr/sbin/pre-freeze-script': { text: 'x', mode: 0o755 } })
    const { ended, stderr } = await call('install', '--platform', 'vmware')
    assert.deepEqual(
      [ended, stderr.split('\n')[0]],
      [51, 'mysql-quiesce: /usr/sbin/pre-freeze-script is a file, mode 0755, and not ours'],
    )
  })

  test('is found through the link that it installs, with its own bundle', async () => {
    fresh()
    await call('install')
    symlinkSync(join(root, 'usr/lib/mysql-quiesce/current/mysql-quiesce'), join(root, 'command'))
    const { stdout } = await run(join(root, 'command'), ['install', '--root', root])
    assert.match(stdout, /nothing to do/)
    assert.ok(existsSync(join(root, 'usr/sbin')))
  })
})
