import assert from 'node:assert/strict'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { withDir } from 'tmp-promise'
import { Failure } from '../../src/core/failure.ts'
import { inside } from '../../src/install/inside.ts'
import { install, type InstallOrder } from '../../src/install/install.ts'
import { uninstall } from '../../src/install/uninstall.ts'
import { platforms } from '../../src/platforms/all.ts'
import { asOrdinaryUser } from '../support/ordinary-user.ts'
import { smallBundle } from '../support/small-bundle.ts'
import { plant, type Planted, type Tree, treeOf } from '../support/tree.ts'

const stateDir = '/var/run/veeam'
const pre = 'usr/sbin/pre-freeze-script'
const post = 'usr/sbin/post-thaw-script'
const dispatcher = { text: '#!/bin/sh\n# runs fsfreeze-hook.d\n', mode: 0o755 }

/** A bundle, an empty system to install it into, and both verbs on them. */
interface Bench {
  readonly folder: string
  readonly root: string
  readonly bundle: string
  readonly put: (order?: Partial<InstallOrder>) => ReturnType<typeof install>
  readonly take: (order?: Partial<Parameters<typeof uninstall>[0]>) => ReturnType<typeof uninstall>
}

/** On tmpfs, where putting a file on disk costs nothing. */
const tmpdir = existsSync('/dev/shm') ? '/dev/shm' : undefined

async function onBench(use: (bench: Bench) => void | Promise<void>): Promise<void> {
  await withDir(async ({ path }) => use(benchIn(realpathSync(path))), {
    unsafeCleanup: true,
    ...(tmpdir ? { tmpdir } : {}),
  })
}

function benchIn(folder: string): Bench {
  const root = join(folder, 'root')
  mkdirSync(root)
  const bundle = smallBundle(join(folder, 'bundle'), '1.0.0')
  return {
    folder,
    root,
    bundle,
    put: (order = {}) =>
      install({
        source: { folder: bundle, version: '1.0.0', stateDir },
        root,
        platforms: [],
        others: 'leave',
        mode: 'apply',
        node: process.execPath,
        ...order,
      }),
    take: (order = {}) => uninstall({ stateDir, root, mode: 'apply', ...order }),
  }
}

/** A folder with the next version of the bundle. */
function newer({ folder }: Bench): InstallOrder['source'] {
  return { folder: smallBundle(join(folder, 'newer'), '2.0.0'), version: '2.0.0', stateDir }
}

function failureOf(deed: () => unknown): Failure {
  try {
    deed()
  } catch (error) {
    assert.ok(error instanceof Failure, String(error))
    return error
  }
  throw new assert.AssertionError({ message: 'it did not fail' })
}

/** The failure, after a look at whether everything is as it was. */
function refusal(root: string, deed: () => unknown): Failure {
  const before = treeOf(root)
  const failure = failureOf(deed)
  assert.deepEqual(treeOf(root), before)
  return failure
}

/** A freeze of this process is under way in that system. */
function beginRun(root: string, directory = stateDir): void {
  const { pid } = process
  const startTime = Number(readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[19])
  const ticket = JSON.stringify({ run: 'r1', asker: { pid, startTime } })
  plant(root, {
    [join(directory, 'waitforlock')]: { text: `${ticket}\n` },
    [join(directory, 'waitforsnapshot')]: { text: `${ticket}\n` },
  })
}

/** Where a link of the system ends. */
function textBehind(root: string, path: string): string {
  return readFileSync(join(root, readlinkSync(join(root, path)).replace(/^\//, '')), 'utf8')
}

describe('install', () => {
  test('puts the pair of VMware where it is looked for, and the rest where it belongs', async () => {
    await onBench(({ root, put }) => {
      const { platforms: names, because } = put({ platforms: ['vmware'] })
      const tree = treeOf(root)
      assert.deepEqual([names, because], [['vmware'], 'named'])
      assert.equal(textBehind(root, pre), '#!/bin/sh\necho "pre-freeze-script 1.0.0 $*"\n')
      assert.equal(textBehind(root, post), '#!/bin/sh\necho "post-thaw-script 1.0.0 $*"\n')
      assert.match(tree['var/run/veeam'] ?? '', /^directory 700 /)
      assert.match(tree['etc/mysql-quiesce.cnf'] ?? '', /^file 600 /)
      assert.match(tree['etc/tmpfiles.d/mysql-quiesce.conf'] ?? '', /^file 644 /)
      assert.match(tree['etc/logrotate.d/mysql-quiesce'] ?? '', /^file 644 /)
    })
  })

  test('has every file belong to us, and root alone able to write it', async () => {
    await onBench(({ root, put }) => {
      put({ platforms: ['vmware', 'qemu', 'veeam'] })
      const others = Object.entries(treeOf(root)).filter(
        ([, seen]) =>
          !seen.startsWith('link') &&
          (!seen.includes(` ${process.geteuid!()}:${process.getegid!()}`) ||
            /^\w+ \d*[2367]\d? |^\w+ \d*[2367] /.test(seen)),
      )
      assert.deepEqual(others, [])
    })
  })

  test('installs for the agents that it finds', async () => {
    await onBench(({ root, put }) => {
      plant(root, { 'usr/bin/vmtoolsd': { text: '' }, 'usr/sbin/qemu-ga': { text: '' } })
      const { platforms: names, because } = put()
      assert.deepEqual([names, because], [['vmware', 'qemu'], 'detected'])
    })
  })

  test('goes on where no agent is, and says that there is none', async () => {
    await onBench(({ put }) => {
      assert.match(put().next.join('\n'), /no agent was found/)
      assert.match(put({ platforms: ['qemu'] }).notes.join('\n'), /there is no \/usr\/sbin\/qemu-ga/)
    })
  })

  test('does nothing the second time', async () => {
    await onBench(({ root, put }) => {
      put({ platforms: ['vmware', 'qemu'] })
      const before = treeOf(root)
      const again = put()
      assert.deepEqual([again.steps, again.because], [[], 'installed before'])
      assert.deepEqual(treeOf(root), before)
    })
  })

  test('plans the same steps that it then does, and changes nothing while it plans', async () => {
    await onBench(({ root, put }) => {
      const before = treeOf(root)
      const planned = put({ platforms: ['qemu'], mode: 'plan' })
      assert.deepEqual(treeOf(root), before)
      assert.deepEqual(put({ platforms: ['qemu'] }).steps, planned.steps)
    })
  })

  test('is planned for an ordinary user too, who may not read everything', async () => {
    await onBench(async ({ folder, root, put }) => {
      chmodSync(folder, 0o755)
      plant(root, { 'etc/mysql-quiesce.cnf': { text: '[client]\n', mode: 0o000 } })
      const { notes } = await asOrdinaryUser(() => put({ platforms: ['vmware'], mode: 'plan' }))
      assert.ok(notes.includes('/etc/mysql-quiesce.cnf stays as it is'))
    })
  })

  test('says where an ordinary user may not even look, and to be root', async () => {
    await onBench(async ({ folder, root, put }) => {
      chmodSync(folder, 0o755)
      plant(root, { 'etc/logrotate.d/x': { text: '' } })
      chmodSync(join(root, 'etc/logrotate.d'), 0o000)
      const failure = await asOrdinaryUser(() => failureOf(() => put({ mode: 'plan' })))
      chmodSync(join(root, 'etc/logrotate.d'), 0o700)
      assert.equal(failure.code, 'not-root')
      assert.match(
        failure.message,
        /\/etc\/logrotate.d\/\S+ cannot be looked at: permission denied \(EACCES\)/,
      )
    })
  })

  test('records the Node.js that runs it beside the executables', async () => {
    await onBench(({ folder, root, put }) => {
      const node = join(folder, 'node')
      writeFileSync(node, '')
      put({ node })
      assert.equal(readFileSync(join(root, 'usr/lib/mysql-quiesce/current/node-path'), 'utf8'), `${node}\n`)
    })
  })

  test('says that another one may be running where what it made is gone', async () => {
    await onBench(({ root, put }) => {
      const before = (): void => rmSync(join(root, 'usr/lib/mysql-quiesce'), { recursive: true, force: true })
      const { code, message } = failureOf(() => put({ before }))
      assert.equal(code, 'target-unwritable')
      assert.match(message, /ENOENT\); if another install or uninstall is running, wait for its end$/)
    })
  })

  test('follows the links of the system it installs into, and never out of it', async () => {
    await onBench(({ folder, root, put }) => {
      plant(root, {
        'run/here': { text: '' },
        'var/run': { link: '/run' },
        'usr/bin/x': { text: '' },
        'usr/sbin': { link: 'bin' },
      })
      put({ platforms: ['vmware'] })
      assert.match(treeOf(root)['run/veeam'] ?? '', /^directory/)
      assert.match(treeOf(root)['usr/bin/pre-freeze-script'] ?? '', /^link/)
      assert.deepEqual(
        Object.keys(treeOf(folder)).filter((path) => path.startsWith('run')),
        [],
      )
    })
  })

  test('goes to another prefix when one is named', async () => {
    await onBench(({ root, put, take }) => {
      put({ platforms: ['vmware'], prefix: '/opt/quiesce' })
      assert.equal(readlinkSync(join(root, pre)), '/opt/quiesce/current/pre-freeze-script')
      assert.equal(failureOf(() => take()).code, 'not-installed')
      take({ prefix: '/opt/quiesce' })
      assert.deepEqual(treeOf(root), {})
    })
  })

  for (const prefix of ['relative/dir', '/', '/usr', '/usr/lib/..', '/a/b\nc']) {
    test(`refuses the prefix ${JSON.stringify(prefix)}`, async () => {
      await onBench(({ root, put }) => {
        assert.equal(refusal(root, () => put({ prefix })).code, 'bad-setting')
      })
    })
  }

  test('refuses while a run is in progress, and so does uninstall', async () => {
    await onBench(({ root, put, take }) => {
      put({ platforms: ['vmware'] })
      beginRun(root)
      assert.match(refusal(root, () => put({ platforms: ['qemu'] })).message, /freezing, asked by pid/)
      assert.equal(refusal(root, () => take()).code, 'busy')
    })
  })

  test('refuses while the installed version is in a run, wherever the state directory of the new one is', async () => {
    await onBench((bench) => {
      const { root, put, take } = bench
      const elsewhere = { ...newer(bench), stateDir: '/run/elsewhere' }
      put({ platforms: ['vmware'] })
      beginRun(root)
      assert.match(refusal(root, () => put({ source: elsewhere })).message, /^\/var\/run\/veeam: .*freezing/)
      assert.equal(refusal(root, () => take({ stateDir: '/run/elsewhere' })).code, 'busy')
    })
  })

  test('learns of that state directory from the installed bundle where the manifest does not name it', async () => {
    await onBench((bench) => {
      const { root, put, take } = bench
      const elsewhere = { ...newer(bench), stateDir: '/run/elsewhere' }
      const manifest = join(root, 'usr/lib/mysql-quiesce/manifest.json')
      const tmpfiles = join(root, 'usr/lib/mysql-quiesce/current/system/tmpfiles.conf')
      put({ platforms: ['vmware'] })
      const { stateDirs: _, ...before } = JSON.parse(readFileSync(manifest, 'utf8'))
      writeFileSync(manifest, JSON.stringify(before))
      writeFileSync(tmpfiles, '# where they meet\nd "/run/a %%b" 0700 root root -\n')
      beginRun(root, '/run/a %b')
      assert.equal(refusal(root, () => put({ source: elsewhere })).code, 'busy')
      assert.equal(refusal(root, () => take()).code, 'busy')
    })
  })
})

describe('an upgrade', () => {
  test('has the new version in place of the old, of which nothing is left', async () => {
    await onBench((bench) => {
      bench.put({ platforms: ['vmware'] })
      bench.put({ source: newer(bench) })
      assert.equal(textBehind(bench.root, pre), '#!/bin/sh\necho "pre-freeze-script 2.0.0 $*"\n')
      assert.deepEqual(
        Object.keys(treeOf(bench.root)).filter((path) => path.includes('1.0.0')),
        [],
      )
    })
  })

  test('shows every moment one whole version behind each link', async () => {
    await onBench((bench) => {
      const { root, put } = bench
      put({ platforms: ['vmware'] })
      const seen = new Set<string>()
      put({
        source: newer(bench),
        before: () => {
          const versions = ['pre-freeze-script', 'locktables', 'post-thaw-script'].map(
            (name) =>
              /\d\.\d\.\d/.exec(readFileSync(join(root, 'usr/lib/mysql-quiesce/current', name), 'utf8'))?.[0],
          )
          seen.add(versions.join(' '))
        },
      })
      assert.deepEqual([...seen], ['1.0.0 1.0.0 1.0.0', '2.0.0 2.0.0 2.0.0'])
    })
  })

  test('leaves the option file as it is, changed or not', async () => {
    for (const text of ['mysql-quiesce.cnf.example 1.0.0\n', '[mysql-quiesce]\nlock-wait = 1s\n']) {
      await onBench((bench) => {
        bench.put({ platforms: ['vmware'] })
        const config = join(bench.root, 'etc/mysql-quiesce.cnf')
        writeFileSync(config, text)
        bench.put({ source: newer(bench) })
        assert.equal(readFileSync(config, 'utf8'), text)
      })
    }
  })

  test('leaves what the operator changed, and says so', async () => {
    await onBench((bench) => {
      plant(bench.root, { 'usr/bin/vmtoolsd': { text: '' } })
      bench.put({ platforms: ['vmware'] })
      const own = join(bench.root, 'etc/logrotate.d/mysql-quiesce')
      writeFileSync(own, 'daily\n')
      const { notes } = bench.put({ source: newer(bench) })
      assert.equal(readFileSync(own, 'utf8'), 'daily\n')
      assert.deepEqual(notes, ['/etc/logrotate.d/mysql-quiesce was changed and stays as it is'])
    })
  })

  test('to another platform takes out what only the former one needed', async () => {
    await onBench(({ root, put }) => {
      put({ platforms: ['vmware'] })
      put({ platforms: ['vmware-scripts.d'] })
      const paths = Object.keys(treeOf(root))
      assert.deepEqual(
        [paths.includes(pre), paths.includes('etc/vmware-tools/backupScripts.d/zz-mysql-quiesce')],
        [false, true],
      )
      put({ platforms: ['qemu'] })
      assert.deepEqual(
        Object.keys(treeOf(root)).filter((path) => path.includes('vmware-tools')),
        [],
      )
    })
  })
})

test('a change of platforms says what is left to do after the former one', async () => {
  await onBench(({ put }) => {
    put({ platforms: ['qemu', 'veeam'] })
    const { next } = put({ platforms: ['vmware', 'veeam'] })
    assert.deepEqual(
      next.filter((each) => /until then|take the pair out/.test(each)),
      ['restart the agent, which calls our hook until then: systemctl restart qemu-guest-agent'],
    )
  })
})

describe("somebody else's file", () => {
  const foreign: Readonly<Record<string, Planted>> = {
    'a program': { text: '#!/bin/sh\necho theirs\n', mode: 0o755 },
    'a file that is no program': { text: 'notes\n' },
    'a link to a program': { link: '/usr/bin/theirs' },
    'a dangling link': { link: '/nowhere' },
    'a directory': { directory: 0o755 },
  }
  const callable = ['a program', 'a link to a program']

  for (const [what, thing] of Object.entries(foreign)) {
    test(`in the way is never overwritten: ${what}`, async () => {
      await onBench(({ root, put }) => {
        plant(root, { 'usr/bin/theirs': { text: 'x', mode: 0o755 }, [pre]: thing })
        const failure = refusal(root, () => put({ platforms: ['vmware'] }))
        assert.equal(failure.code, 'in-the-way')
        assert.match(failure.message, /^\/usr\/sbin\/pre-freeze-script is a /)
      })
    })
  }

  for (const what of callable) {
    test(`is kept with --chain, called by ours, and put back by uninstall: ${what}`, async () => {
      await onBench(({ root, put, take }) => {
        plant(root, { 'usr/bin/theirs': { text: 'x', mode: 0o755 }, [pre]: foreign[what]! })
        const before = treeOf(root)
        const { notes } = put({ platforms: ['vmware'], others: 'chain' })
        assert.match(textBehind(root, pre), /pre-freeze-after-another/)
        assert.equal(treeOf(root)[`${pre}.mysql-quiesce.orig`], before[pre])
        assert.match(notes.join('\n'), /kept as/)
        take()
        assert.deepEqual(treeOf(root), before)
      })
    })
  }

  for (const what of Object.keys(foreign).filter((each) => !callable.includes(each))) {
    test(`is reported even with --chain where it cannot be called: ${what}`, async () => {
      await onBench(({ root, put }) => {
        plant(root, { [pre]: foreign[what]! })
        assert.equal(refusal(root, () => put({ platforms: ['vmware'], others: 'chain' })).code, 'in-the-way')
      })
    })
  }

  test('stays chained through an upgrade that does not say so again', async () => {
    await onBench((bench) => {
      plant(bench.root, { [post]: foreign['a program']! })
      const before = treeOf(bench.root)
      bench.put({ platforms: ['vmware'], others: 'chain' })
      bench.put({ source: newer(bench) })
      assert.match(textBehind(bench.root, post), /post-thaw-before-another 2/)
      bench.take()
      assert.deepEqual(treeOf(bench.root), before)
    })
  })

  test('is reported when it came into the place of ours', async () => {
    await onBench(({ root, put, take }) => {
      put({ platforms: ['vmware'] })
      rmSync(join(root, pre))
      plant(root, { [pre]: { text: 'new\n', mode: 0o755 } })
      assert.equal(refusal(root, () => put()).code, 'in-the-way')
      assert.match(take().notes.join('\n'), /pre-freeze-script is a file, mode 0755 now, and stays/)
      assert.equal(readFileSync(join(root, pre), 'utf8'), 'new\n')
    })
  })

  test('is not taken for ours because it leads into a prefix that is a folder of others', async () => {
    const prefix = '/opt/backup'
    const theirs = { text: '#!/bin/sh\n', mode: 0o755 }
    for (const where of ['pre', 'current/pre']) {
      await onBench(({ root, put }) => {
        plant(root, { [`opt/backup/${where}`]: theirs, [pre]: { link: `${prefix}/${where}` } })
        assert.equal(refusal(root, () => put({ platforms: ['vmware'], prefix })).code, 'in-the-way')
      })
    }
    await onBench(({ root, put }) => {
      plant(root, { 'opt/backup/releases/3/pre': theirs, 'opt/backup/current': { link: 'releases/3' } })
      const { code, message } = refusal(root, () => put({ platforms: ['vmware'], prefix, others: 'chain' }))
      assert.deepEqual(
        [code, message],
        ['in-the-way', '/opt/backup/current is a link to releases/3, and not ours'],
      )
    })
  })

  test('that was kept once and is called by nobody is named, and can be chained again', async () => {
    await onBench(({ root, put, take }) => {
      const kept = `${pre}.mysql-quiesce.orig`
      plant(root, { [kept]: foreign['a program']! })
      assert.match(
        put({ platforms: ['vmware'] }).notes.join('\n'),
        /\.orig is there, and ours does not call it/,
      )
      renameSync(join(root, kept), join(root, pre))
      assert.deepEqual(
        put({ others: 'chain' }).notes.filter((note) => note.includes('does not call')),
        [],
      )
      take()
      assert.deepEqual(Object.keys(treeOf(root)), ['usr', 'usr/sbin', pre])
    })
  })

  test('in the way of a directory is reported', async () => {
    await onBench(({ root, put }) => {
      plant(root, { 'etc/logrotate.d': { text: 'x' }, 'usr/sbin': { link: '/nowhere' } })
      const { message } = refusal(root, () => put({ platforms: ['vmware'] }))
      assert.match(message, /\/etc\/logrotate.d has to be a directory and is a file/)
      assert.match(message, /\/usr\/sbin has to be a directory and is a link to \/nowhere, where nothing is/)
    })
  })

  test('that we would lock twice beside is refused: ours in the other style of VMware', async () => {
    await onBench(({ root, bundle, put }) => {
      plant(root, { 'etc/vmware-tools/backupScripts.d/zz-mysql-quiesce': { link: '/copy' } })
      writeFileSync(join(root, 'copy'), `# of mysql-quiesce\nexec ${bundle}/pre-freeze-script`, {
        mode: 0o755,
      })
      assert.equal(refusal(root, () => put({ platforms: ['vmware'] })).code, 'locks-twice')
    })
  })

  test('that only speaks of us, or is not run, is nothing to refuse', async () => {
    const calls = '#!/bin/sh\nexec /usr/lib/mysql-quiesce/current/pre-freeze-script'
    await onBench(({ root, put }) => {
      plant(root, {
        'etc/qemu/fsfreeze-hook.d/10-report': { text: 'tail /var/log/mysql-quiesce.log', mode: 0o755 },
        'etc/qemu/fsfreeze-hook.d/20-old.bak': { text: calls, mode: 0o755 },
        'etc/qemu/fsfreeze-hook.d/30-off': { text: calls, mode: 0o644 },
      })
      put({ platforms: ['qemu'] })
      const on = { 'etc/qemu/fsfreeze-hook.d/40-on': { text: calls, mode: 0o755 } }
      plant(root, on)
      assert.equal(refusal(root, () => put({ platforms: ['qemu'] })).code, 'locks-twice')
    })
  })

  test('that we would lock twice beside is refused: a link to us in a folder of scripts, under another name', async () => {
    const current = '/usr/lib/mysql-quiesce/current'
    for (const [platform, path, link] of [
      ['vmware', 'etc/vmware-tools/backupScripts.d/10-mine', `${current}/platforms/freeze-or-thaw`],
      ['vmware', 'etc/vmware-tools/backupScripts.d/10-mine', `../../..${current}/pre-freeze-script`],
      ['qemu', 'etc/qemu/fsfreeze-hook.d/10-mine', `${current}/platforms/freeze-or-thaw`],
    ] as const) {
      await onBench(({ root, put }) => {
        plant(root, { [path]: { link } })
        const { code, message } = refusal(root, () => put({ platforms: [platform] }))
        assert.deepEqual([code, message.startsWith(`/${path} calls us already`)], ['locks-twice', true])
      })
    }
  })
})

describe('for the QEMU guest agent', () => {
  test('our hook is the hook where there is none, and the agent is told so', async () => {
    await onBench(({ root, put }) => {
      put({ platforms: ['qemu'] })
      assert.match(textBehind(root, 'etc/qemu/fsfreeze-hook'), /qemu\/fsfreeze-hook/)
      assert.match(textBehind(root, 'etc/qemu/fsfreeze-hook.d/zz-mysql-quiesce'), /freeze-or-thaw/)
      assert.equal(
        readFileSync(join(root, 'etc/qemu/qemu-ga.conf'), 'utf8'),
        '[general]\nfsfreeze-hook=/etc/qemu/fsfreeze-hook\n',
      )
    })
  })

  test('the dispatcher of the distribution stays, with ours in its folder and a strict one beside it', async () => {
    await onBench(({ root, put }) => {
      plant(root, { 'etc/qemu/fsfreeze-hook': dispatcher })
      put({ platforms: ['qemu'] })
      assert.equal(readFileSync(join(root, 'etc/qemu/fsfreeze-hook'), 'utf8'), dispatcher.text)
      assert.match(textBehind(root, 'etc/qemu/fsfreeze-hook.mysql-quiesce'), /qemu\/fsfreeze-hook/)
      assert.match(
        readFileSync(join(root, 'etc/qemu/qemu-ga.conf'), 'utf8'),
        /fsfreeze-hook=\/etc\/qemu\/fsfreeze-hook.mysql-quiesce\n/,
      )
      assert.deepEqual(put().steps, [])
    })
  })

  test('the folder and the file of Red Hat are used where they are, and put back by uninstall', async () => {
    await onBench(({ root, put, take }) => {
      const sysconfig = '# the hook\nFSFREEZE_HOOK_PATHNAME=/etc/qemu-ga/fsfreeze-hook\nBLACKLIST_RPC=x\n'
      plant(root, {
        'etc/sysconfig/qemu-ga': { text: sysconfig, mode: 0o640 },
        'etc/qemu-ga/fsfreeze-hook': dispatcher,
      })
      const before = treeOf(root)
      put({ platforms: ['qemu'] })
      assert.equal(
        readFileSync(join(root, 'etc/sysconfig/qemu-ga'), 'utf8'),
        sysconfig.replace('fsfreeze-hook\n', 'fsfreeze-hook.mysql-quiesce\n'),
      )
      assert.deepEqual(put().steps, [])
      take()
      assert.deepEqual(treeOf(root), before)
    })
  })

  test('an agent that was told to call another hook is not told otherwise', async () => {
    await onBench(({ root, put }) => {
      plant(root, { 'etc/qemu/qemu-ga.conf': { text: '[general]\nfsfreeze-hook=/opt/own-hook\n' } })
      assert.match(
        refusal(root, () => put({ platforms: ['qemu'] })).message,
        /names another hook, \/opt\/own-hook/,
      )
    })
  })

  test('a file of the agent that was changed since stays, and is named', async () => {
    await onBench(({ root, put, take }) => {
      plant(root, { 'etc/qemu/qemu-ga.conf': { text: '[general]\nverbose=true\n' } })
      put({ platforms: ['qemu'] })
      const config = join(root, 'etc/qemu/qemu-ga.conf')
      writeFileSync(config, `${readFileSync(config, 'utf8')}daemonize=true\n`)
      assert.match(take().notes.join('\n'), /qemu-ga.conf was changed since/)
    })
  })

  test('a line of the agent that stays without its hook is named: in a file that install made, and at a change of platforms', async () => {
    for (const without of [({ take }: Bench) => take(), ({ put }: Bench) => put({ platforms: ['vmware'] })]) {
      await onBench((bench) => {
        bench.put({ platforms: ['qemu'] })
        const config = join(bench.root, 'etc/qemu/qemu-ga.conf')
        writeFileSync(config, `${readFileSync(config, 'utf8')}verbose=true\n`)
        assert.match(
          without(bench).notes.join('\n'),
          /qemu-ga.conf still has fsfreeze-hook=\/etc\/qemu\/fsfreeze-hook, and that hook is gone: take the line out/,
        )
      })
    }
  })
})

describe('install --import-qemu-conf', () => {
  const theirs = 'USERNAME="root"\nPASSWORD=\'p a"$s\'\n'

  test('makes an option file that only root can read, and says that the password could be read by others', async () => {
    await onBench(({ root, put }) => {
      plant(root, { 'etc/qemu/qemu.conf': { text: theirs } })
      const { notes } = put({ importFrom: '/etc/qemu/qemu.conf' })
      const tree = treeOf(root)['etc/mysql-quiesce.cnf'] ?? ''
      assert.match(tree, /^file 600 /)
      assert.match(tree, /\nuser = "root"\npassword = "p a\\"\$s"\n$/)
      assert.match(notes.join('\n'), /can be read by others \(mode 0644\)/)
    })
  })

  test('takes the place of the example that install put there, and of nothing else', async () => {
    await onBench(({ root, put }) => {
      plant(root, { 'etc/qemu/qemu.conf': { text: theirs, mode: 0o600 } })
      put()
      put({ importFrom: '/etc/qemu/qemu.conf' })
      assert.match(treeOf(root)['etc/mysql-quiesce.cnf'] ?? '', /user = "root"/)
      writeFileSync(join(root, 'etc/mysql-quiesce.cnf'), '[client]\n')
      assert.equal(refusal(root, () => put({ importFrom: '/etc/qemu/qemu.conf' })).code, 'in-the-way')
    })
  })

  test('never executes anything', async () => {
    await onBench(({ folder, root, put }) => {
      const mark = join(folder, 'ran')
      plant(root, { 'etc/qemu/qemu.conf': { text: `touch ${mark}\nPASSWORD="$(touch ${mark})"\n` } })
      assert.match(
        refusal(root, () => put({ importFrom: '/etc/qemu/qemu.conf' })).message,
        /qemu.conf:2: PASSWORD is computed/,
      )
      assert.equal(lstatSync(mark, { throwIfNoEntry: false }), undefined)
    })
  })

  test('says that the file is not there, or sets neither', async () => {
    await onBench(({ root, put }) => {
      assert.equal(
        refusal(root, () => put({ importFrom: '/etc/qemu/qemu.conf' })).code,
        'option-file-unreadable',
      )
      plant(root, { 'etc/qemu/qemu.conf': { text: 'MYSQL=/usr/bin/mysql\n' } })
      assert.equal(refusal(root, () => put({ importFrom: '/etc/qemu/qemu.conf' })).code, 'bad-setting')
    })
  })
})

describe('a bundle that cannot be trusted', () => {
  const changes: readonly (readonly [string, (bundle: string) => void, string])[] = [
    ['one of its files was changed', (at) => writeFileSync(join(at, 'locktables'), 'x'), 'bundle-changed'],
    ['one of its files is missing', (at) => rmSync(join(at, 'locktables')), 'bundle-changed'],
    ['one of its files is a link', (at) => relink(join(at, 'locktables')), 'bundle-changed'],
    ['its checksums are cut off', (at) => writeFileSync(join(at, 'SHA256SUMS'), 'abc'), 'bundle-changed'],
    ['it has no checksums', (at) => rmSync(join(at, 'SHA256SUMS')), 'bundle-changed'],
    [
      'others can write to one of its files',
      (at) => chmodSync(join(at, 'locktables'), 0o777),
      'source-exposed',
    ],
    ['others can write to its checksums', (at) => chmodSync(join(at, 'SHA256SUMS'), 0o666), 'source-exposed'],
    ['others can write to its folder', (at) => chmodSync(at, 0o777), 'source-exposed'],
    ['others can write to a folder in it', (at) => chmodSync(join(at, 'platforms'), 0o777), 'source-exposed'],
    ['others can write above it', (at) => chmodSync(join(at, '..'), 0o777), 'source-exposed'],
  ]

  for (const [what, change, code] of changes) {
    test(`is not installed: ${what}`, async () => {
      await onBench(({ root, bundle, put }) => {
        change(bundle)
        assert.equal(refusal(root, () => put({ platforms: ['vmware'] })).code, code)
      })
    })
  }

  test('has its programs installed as programs, whatever their modes have become', async () => {
    await onBench(({ root, bundle, put }) => {
      chmodSync(join(bundle, 'pre-freeze-script'), 0o644)
      chmodSync(join(bundle, 'LICENSE'), 0o755)
      put({ platforms: ['vmware'] })
      const modes = ['pre-freeze-script', 'platforms/freeze-or-thaw', 'LICENSE'].map(
        (name) => lstatSync(join(root, 'usr/lib/mysql-quiesce/current', name)).mode & 0o777,
      )
      assert.deepEqual(modes, [0o755, 0o755, 0o644])
    })
  })

  test('is not installed for a platform that it was built without', async () => {
    await onBench(({ folder, root, put }) => {
      const only = platforms.filter(({ name }) => name === 'qemu')
      const source = {
        folder: smallBundle(join(folder, 'qemu-only'), '1.0.0', only),
        version: '1.0.0',
        stateDir,
      }
      assert.match(
        refusal(root, () => put({ source, platforms: ['vmware'] })).message,
        /was built without vmware/,
      )
    })
  })

  function relink(path: string): void {
    rmSync(path)
    symlinkSync('pre-freeze-script', path)
  }
})

describe('a call that cannot be followed', () => {
  const calls: readonly (readonly [string, Partial<InstallOrder>, string])[] = [
    ['an unknown platform', { platforms: ['vmware', 'hyperv'] }, 'usage'],
    ['both styles of VMware', { platforms: ['vmware', 'vmware-scripts.d'] }, 'locks-twice'],
  ]

  for (const [what, order, code] of calls) {
    test(`changes nothing: ${what}`, async () => {
      await onBench(({ root, put }) => {
        assert.equal(refusal(root, () => put(order)).code, code)
      })
    })
  }
})

describe('a damaged installation', () => {
  test('is completed by install: half removed', async () => {
    await onBench(({ root, put }) => {
      put({ platforms: ['vmware', 'qemu'] })
      const whole = treeOf(root)
      for (const path of ['usr/lib/mysql-quiesce/current', pre, 'etc/tmpfiles.d/mysql-quiesce.conf'])
        rmSync(join(root, path))
      put()
      assert.deepEqual(treeOf(root), whole)
    })
  })

  test('is completed by install: its manifest is lost', async () => {
    await onBench(({ root, put, take }) => {
      put({ platforms: ['vmware', 'qemu'] })
      rmSync(join(root, 'usr/lib/mysql-quiesce/manifest.json'))
      const { code, hint } = refusal(root, () => take())
      assert.deepEqual([code, hint.includes('install again')], ['not-installed', true])
      const { because, notes } = put()
      assert.equal(because, 'installed before')
      assert.match(notes.join('\n'), /there was no \S+: what is ours was found again/)
      assert.deepEqual([put().steps, put().notes.length], [[], 2])
      take()
      const left = Object.entries(treeOf(root)).filter(([, seen]) => !seen.startsWith('directory'))
      assert.deepEqual([left, existsSync(join(root, 'usr/lib/mysql-quiesce'))], [[], false])
    })
  })

  test('is found again without its manifest by a newer version, which leaves nothing of the former', async () => {
    await onBench((bench) => {
      const { root, put, take } = bench
      put({ platforms: ['vmware', 'qemu'] })
      rmSync(join(root, 'usr/lib/mysql-quiesce/manifest.json'))
      put({ source: newer(bench) })
      assert.match(textBehind(root, pre), /pre-freeze-script 2/)
      assert.deepEqual(
        Object.keys(treeOf(root)).filter((path) => path.includes('1.0.0')),
        [],
      )
      take()
      const left = Object.entries(treeOf(root)).filter(([, seen]) => !seen.startsWith('directory'))
      assert.deepEqual(left, [])
    })
  })

  test('goes on calling what was kept, and puts it back, where its manifest is lost', async () => {
    await onBench(({ root, put, take }) => {
      const theirs = { text: '#!/bin/sh\n', mode: 0o755 }
      plant(root, { [pre]: theirs, 'etc/qemu/fsfreeze-hook': theirs })
      put({ platforms: ['vmware', 'qemu'], others: 'chain' })
      const whole = treeOf(root)
      rmSync(join(root, 'usr/lib/mysql-quiesce/manifest.json'))
      put()
      assert.deepEqual(
        Object.entries(treeOf(root)).filter(([path]) => !path.endsWith('manifest.json')),
        Object.entries(whole).filter(([path]) => !path.endsWith('manifest.json')),
      )
      take()
      for (const path of [pre, 'etc/qemu/fsfreeze-hook']) {
        assert.equal(readFileSync(join(root, path), 'utf8'), theirs.text)
        assert.equal(existsSync(join(root, `${path}.mysql-quiesce.orig`)), false)
      }
    })
  })

  test('keeps the style of VMware that it has, and can be told the other one, where its manifest is lost', async () => {
    await onBench(({ root, put }) => {
      const entry = 'etc/vmware-tools/backupScripts.d/zz-mysql-quiesce'
      const lose = (): void => rmSync(join(root, 'usr/lib/mysql-quiesce/manifest.json'))
      plant(root, { 'usr/bin/vmtoolsd': { text: '' } })
      put({ platforms: ['vmware-scripts.d'] })
      lose()
      assert.deepEqual(put().platforms, ['vmware-scripts.d'])
      lose()
      put({ platforms: ['vmware'] })
      const paths = Object.keys(treeOf(root))
      assert.deepEqual([paths.includes(entry), paths.includes(pre)], [false, true])
    })
  })

  test('that lost its manifest is taken out with a word about what stays: the settings, and the line of the agent', async () => {
    await onBench(({ root, put, take }) => {
      plant(root, { 'etc/qemu/qemu-ga.conf': { text: '[general]\nverbose=true\n' } })
      put({ platforms: ['qemu'] })
      writeFileSync(join(root, 'etc/mysql-quiesce.cnf'), '[client]\n')
      rmSync(join(root, 'usr/lib/mysql-quiesce/manifest.json'))
      put()
      assert.deepEqual(take().notes, [
        '/etc/qemu/qemu-ga.conf still has fsfreeze-hook=/etc/qemu/fsfreeze-hook, and that hook is gone: take the line out yourself',
        '/etc/mysql-quiesce.cnf stays as it is',
      ])
    })
  })

  for (const [what, text] of [
    ['no JSON', '{'],
    ['no manifest', '{"format": 1}'],
    ['of another format', '{"format": 2, "version": "9", "platforms": [], "entries": []}'],
    [
      'with an entry that is none',
      '{"format": 1, "version": "9", "platforms": [], "entries": [{"kind": "file", "path": "x"}]}',
    ],
  ] as const) {
    test(`is not touched when its manifest is damaged, and it is said what to do: ${what}`, async () => {
      await onBench(({ root, put, take }) => {
        put({ platforms: ['vmware'] })
        writeFileSync(join(root, 'usr/lib/mysql-quiesce/manifest.json'), text)
        for (const deed of [put, take]) {
          const { code, hint } = refusal(root, () => deed())
          assert.deepEqual([code, hint.startsWith('move the manifest away')], ['manifest-damaged', true])
        }
      })
    })
  }

  test('has a changed file of the bundle put right', async () => {
    await onBench(({ root, put }) => {
      put({ platforms: ['vmware'] })
      const whole = treeOf(root)
      writeFileSync(join(root, 'usr/lib/mysql-quiesce/current/locktables'), 'x')
      chmodSync(join(root, 'usr/lib/mysql-quiesce/current/pre-freeze-script'), 0o644)
      put()
      assert.deepEqual(treeOf(root), whole)
    })
  })
})

/** What an operator may have had where we go, or near it. */
const anyThing: fc.Arbitrary<Planted> = fc.oneof(
  fc.record({ text: fc.string(), mode: fc.constantFrom(0o755, 0o644, 0o600, 0o700) }),
  fc.record({ link: fc.constantFrom('/nowhere', '/etc', 'theirs', '/usr/bin/theirs') }),
  fc.record({ directory: fc.constantFrom(0o755, 0o700) }),
)

const anyProgram = fc.record({ text: fc.string(), mode: fc.constant(0o755) })
const seldom = fc.oneof(
  { weight: 12, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: anyThing },
  { weight: 1, arbitrary: fc.record({ directory: fc.constant(0o755) }) },
)
const perhaps = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: anyProgram },
  { weight: 1, arbitrary: seldom },
)

const anySystem = fc.record({
  [pre]: perhaps,
  [post]: perhaps,
  'etc/qemu/fsfreeze-hook': perhaps,
  'etc/qemu/qemu-ga.conf': fc.oneof(
    seldom,
    fc.record({
      text: fc.constantFrom(
        '',
        '[general]\nverbose=true',
        '# x\n\n[general]\nfsfreeze-hook=\n\n[x]\n',
        '[general]\nfsfreeze-hook=/etc/qemu/fsfreeze-hook\n',
      ),
    }),
  ),
  'usr/sbin/theirs': anyThing,
  'usr/bin/theirs': anyThing,
  'etc/mysql-quiesce.cnf': anyThing,
  'etc/tmpfiles.d/other.conf': anyThing,
  'etc/qemu/fsfreeze-hook.d/10-theirs': anyThing,
  'etc/vmware-tools/backupScripts.d/theirs': anyThing,
  'usr/sbin/mysql-quiesce': seldom,
  'etc/logrotate.d/mysql-quiesce': seldom,
  'usr/lib/mysql-quiesce': seldom,
  'var/run/veeam': seldom,
})

const anyPlatforms = fc.subarray(['vmware', 'qemu', 'veeam'])

describe('on any system', () => {
  test('install and then uninstall leave everything as it was, or install refuses and changes nothing', async () => {
    let installed = 0
    await fc.assert(
      fc.asyncProperty(anySystem, anyPlatforms, fc.boolean(), async (system, names, chain) => {
        await onBench(({ root, put, take }) => {
          plant(root, system)
          const before = treeOf(root)
          const refused = attempt(() => put({ platforms: names, others: chain ? 'chain' : 'leave' }))
          if (!refused) take()
          installed += refused ? 0 : 1
          assert.deepEqual(treeOf(root), before)
        })
      }),
      { numRuns: 300 },
    )
    assert.ok(installed > 20, `only ${installed} of 300 systems could be installed into`)
  })

  test('the same without a manifest in between, but for directories and what only a manifest knows', async () => {
    const filesOf = (root: string) =>
      Object.entries(treeOf(root)).filter(
        ([path, seen]) => !seen.startsWith('directory') && path !== 'etc/qemu/qemu-ga.conf',
      )
    await fc.assert(
      fc.asyncProperty(anySystem, anyPlatforms, async (system, names) => {
        await onBench(({ root, put, take }) => {
          plant(root, system)
          const before = filesOf(root)
          if (attempt(() => put({ platforms: names, others: 'chain' }))) return
          // The prefix may be a link, and one of that system
          rmSync(inside(root)('/usr/lib/mysql-quiesce/manifest.json'))
          put()
          take()
          assert.deepEqual(filesOf(root), before)
        })
      }),
      { numRuns: 200 },
    )
  })

  function attempt(deed: () => unknown): boolean {
    try {
      deed()
      return false
    } catch (error) {
      assert.ok(error instanceof Failure && isRefusal(error), String(error))
      return true
    }
  }
})

function isRefusal({ code, message }: Failure): boolean {
  return ['in-the-way', 'locks-twice'].includes(code) || message.endsWith('is a circle of links')
}

class Killed extends Error {}

describe('killed after any step', () => {
  const system: Readonly<Record<string, Planted>> = {
    [pre]: { text: 'theirs\n', mode: 0o755 },
    'etc/qemu/fsfreeze-hook': dispatcher,
    'etc/qemu/qemu-ga.conf': { text: '[general]\nverbose=true\n' },
    'usr/sbin/other': { text: '' },
  }
  const names = { platforms: ['vmware', 'qemu'], others: 'chain' } as const

  /** As many benches as there are steps; on each, `deed` is killed before another one of its steps, or does them all. */
  async function eachKill(
    deed: (bench: Bench, before: () => void) => unknown,
    use: (bench: Bench, before: Tree) => void,
    prepare: (bench: Bench) => void = () => {},
  ): Promise<void> {
    let kills = 0
    for (let isKilled = true; isKilled; kills += 1) {
      isKilled = false
      await onBench((bench) => {
        plant(bench.root, system)
        const before = treeOf(bench.root)
        prepare(bench)
        let steps = 0
        try {
          deed(bench, () => {
            if (steps === kills) throw new Killed()
            steps += 1
          })
        } catch (error) {
          if (!(error instanceof Killed)) throw error
          isKilled = true
        }
        use(bench, before)
      })
    }
    assert.ok(kills > 20, `only ${kills} steps`)
  }

  test('install is completed by a second install', async () => {
    let whole: Tree = {}
    await onBench(({ root, put }) => {
      plant(root, system)
      put(names)
      whole = treeOf(root)
    })
    await eachKill(
      ({ put }, before) => put({ ...names, before }),
      ({ root, put, take }, before) => {
        put(names)
        assert.deepEqual(Object.keys(treeOf(root)), Object.keys(whole))
        take()
        assert.deepEqual(treeOf(root), before)
      },
    )
  })

  test('install is undone by uninstall, from its first step on', async () => {
    await eachKill(
      ({ put }, before) => put({ ...names, before }),
      ({ root, take }, before) => {
        if (lstatSync(join(root, 'usr/lib/mysql-quiesce/manifest.json'), { throwIfNoEntry: false })) take()
        assert.deepEqual(treeOf(root), before)
      },
    )
  })

  test('an upgrade is completed by a second one, and undone by uninstall', async () => {
    await eachKill(
      (bench, before) => bench.put({ source: newer(bench), before }),
      (bench, before) => {
        bench.put({ source: newer(bench) })
        assert.match(textBehind(bench.root, post), /2\.0\.0/)
        assert.deepEqual(
          Object.keys(treeOf(bench.root)).filter((path) => path.includes('1.0.0')),
          [],
        )
        bench.take()
        assert.deepEqual(treeOf(bench.root), before)
      },
      ({ put }) => put(names),
    )
  })

  test('uninstall is completed by a second uninstall', async () => {
    await eachKill(
      ({ take }, before) => take({ before }),
      ({ root, take }, before) => {
        if (lstatSync(join(root, 'usr/lib/mysql-quiesce/manifest.json'), { throwIfNoEntry: false })) take()
        assert.deepEqual(treeOf(root), before)
      },
      ({ put }) => put(names),
    )
  })

  test('uninstall is turned back by install', async () => {
    await eachKill(
      ({ take }, before) => take({ before }),
      ({ root, put }) => {
        put(names)
        assert.match(textBehind(root, post), /post-thaw-script 1/)
        assert.deepEqual(put(names).steps, [])
      },
      ({ put }) => put(names),
    )
  })

  test('at no step of an install is there a pre-freeze-script without its post-thaw-script, nor a link to nothing', async () => {
    await onBench((bench) => {
      const look = (): void => {
        const [hasPre, hasPost] = [pre, post].map((path) =>
          lstatSync(join(bench.root, path), { throwIfNoEntry: false }),
        )
        assert.ok(!hasPre || hasPost)
        if (hasPre) textBehind(bench.root, pre)
      }
      bench.put({ platforms: ['vmware'], before: look })
      bench.put({ source: newer(bench), before: look })
      bench.take({ before: look })
    })
  })
})

test('a copy of an installed bundle can install itself', async () => {
  await onBench(({ folder, root, put }) => {
    put({ platforms: ['vmware'] })
    const copy = join(folder, 'copy')
    cpSync(
      join(root, 'usr/lib/mysql-quiesce', readlinkSync(join(root, 'usr/lib/mysql-quiesce/current'))),
      copy,
      { recursive: true },
    )
    assert.deepEqual(put({ source: { folder: copy, version: '1.0.0', stateDir } }).steps, [])
  })
})
