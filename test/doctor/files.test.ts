import assert from 'node:assert/strict'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import type { Check } from '../../src/doctor/check.ts'
import { judgeBundle } from '../../src/doctor/checks/bundle.ts'
import { lookAtBundle } from '../../src/doctor/look/bundle.ts'
import { patientNamed } from '../../src/doctor/patient.ts'
import { install, type InstallOrder } from '../../src/install/install.ts'
import { command } from '../support/command.ts'
import { smallBundle } from '../support/small-bundle.ts'
import { plant, treeOf } from '../support/tree.ts'

/** A system with us installed, below a folder. */
interface Bench {
  readonly root: string
  /** A path of that system, for us. */
  readonly at: (path: string) => string
  /** One of the installed bundle. */
  readonly inBundle: (name: string) => string
  readonly put: (order?: Partial<InstallOrder>) => void
  /** Every check of `doctor --root`, by `subject: name`. */
  readonly doctor: (...args: readonly string[]) => Promise<Readonly<Record<string, Check>>>
}

const agents = {
  'usr/bin/vmtoolsd': { text: 'x', mode: 0o755 },
  'usr/sbin/qemu-ga': { text: 'x', mode: 0o755 },
}

/** On tmpfs, where putting a file on disk costs nothing. */
const tmpdir = existsSync('/dev/shm') ? '/dev/shm' : undefined

async function onBench(use: (bench: Bench) => Promise<void>): Promise<void> {
  await withDir(({ path }) => use(benchIn(realpathSync(path))), {
    unsafeCleanup: true,
    ...(tmpdir ? { tmpdir } : {}),
  })
}

function benchIn(folder: string): Bench {
  const root = join(folder, 'root')
  mkdirSync(root)
  plant(root, agents)
  const source = {
    folder: smallBundle(join(folder, 'bundle'), '1.0.0'),
    version: '1.0.0',
    stateDir: '/var/run/veeam',
  }
  return {
    root,
    at: (path) => join(root, path),
    inBundle: (name) => realpathSync(join(root, 'usr/lib/mysql-quiesce/current')) + `/${name}`,
    put: (order = {}) =>
      void install({
        source,
        root,
        platforms: [],
        others: 'leave',
        mode: 'apply',
        node: process.execPath,
        ...order,
      }),
    async doctor(...args) {
      const before = treeOf(root)
      const { lines } = await command('doctor', '--root', root, '--json', ...args)
      assert.deepEqual(treeOf(root), before, 'it only looks')
      const { checks }: { readonly checks: readonly (Check & { readonly subject: string })[] } = JSON.parse(
        lines.join('\n'),
      )
      return Object.fromEntries(checks.map(({ subject, ...check }) => [`${subject}: ${check.name}`, check]))
    },
  }
}

function says(check: Check | undefined, result: Check['result'], words: RegExp): void {
  assert.ok(check)
  assert.deepEqual(
    [check.result, words.test(`${check.seen}; ${check.advice}`)],
    [result, true],
    JSON.stringify(check),
  )
}

/** One thing is done to a system where all is well, and one check is another one than before. */
const harms: readonly (readonly [
  title: string,
  harm: (bench: Bench) => void,
  check: string,
  result: Check['result'],
  words: RegExp,
])[] = [
  [
    'a file of the bundle is changed',
    ({ inBundle }) => appendFileSync(inBundle('locktables'), '#'),
    'bundle: checksums',
    'problem',
    /not as built: locktables; unpack/,
  ],
  [
    'a file of the bundle has CR LF',
    ({ inBundle }) => withCrlf(inBundle('pre-freeze-script')),
    'bundle: checksums',
    'problem',
    /CR LF, which sh cannot read: pre-freeze-script/,
  ],
  [
    'a file of the bundle is gone',
    ({ inBundle }) => rmSync(inBundle('locktables')),
    'bundle: files',
    'problem',
    /missing in .*: locktables/,
  ],
  [
    'a program of the bundle is closed',
    ({ inBundle }) => chmodSync(inBundle('post-thaw-script'), 0o644),
    'bundle: modes',
    'problem',
    /post-thaw-script \(mode 0644\)/,
  ],
  [
    'everybody may write to a file',
    ({ inBundle }) => chmodSync(inBundle('locktables'), 0o777),
    'bundle: owner',
    'problem',
    /locktables can be written by everybody/,
  ],
  [
    'everybody may write to a folder',
    ({ inBundle }) => chmodSync(inBundle('platforms'), 0o777),
    'bundle: owner',
    'problem',
    /platforms can be written by everybody/,
  ],
  [
    'the checksums are gone',
    ({ inBundle }) => rmSync(inBundle('SHA256SUMS')),
    'bundle: files',
    'problem',
    /has no SHA256SUMS/,
  ],
  [
    'the manifest is damaged',
    ({ at }) => writeFileSync(at('usr/lib/mysql-quiesce/manifest.json'), '{'),
    'bundle: installed',
    'problem',
    /manifest\.json is not JSON; move the manifest away/,
  ],
  [
    'the manifest is gone',
    ({ at }) => rmSync(at('usr/lib/mysql-quiesce/manifest.json')),
    'bundle: installed',
    'problem',
    /no manifest/,
  ],
  [
    'a link is gone',
    ({ at }) => rmSync(at('usr/sbin/post-thaw-script')),
    'platform vmware: /usr/sbin/post-thaw-script',
    'problem',
    /is not there; mysql-quiesce install --platform vmware/,
  ],
  [
    'a link leads elsewhere',
    ({ at }) => relink(at('usr/sbin/pre-freeze-script'), '/usr/bin/vmtoolsd'),
    'platform vmware: /usr/sbin/pre-freeze-script',
    'problem',
    /a link to \/usr\/bin\/vmtoolsd, not our link/,
  ],
  [
    'a foreign script is in its place',
    ({ at }) => replace(at('usr/sbin/pre-freeze-script')),
    'platform vmware: /usr/sbin/pre-freeze-script',
    'problem',
    /a file, mode 0755, not our link/,
  ],
  [
    'the file behind a link cannot be run',
    ({ inBundle }) => chmodSync(inBundle('pre-freeze-script'), 0o644),
    'platform vmware: /usr/sbin/pre-freeze-script',
    'problem',
    /which cannot be run/,
  ],
  [
    'the entry of tmpfiles.d is gone',
    ({ at }) => rmSync(at('etc/tmpfiles.d/mysql-quiesce.conf')),
    'system: /etc/tmpfiles.d/mysql-quiesce.conf',
    'warning',
    /not there/,
  ],
  [
    'logrotate was adapted',
    ({ at }) => appendFileSync(at('etc/logrotate.d/mysql-quiesce'), '# mine'),
    'system: /etc/logrotate.d/mysql-quiesce',
    'ok',
    /changed by somebody/,
  ],
  [
    'a README is where every file is run',
    ({ root }) => plant(root, { 'etc/vmware-tools/backupScripts.d/README': { text: 'hello' } }),
    'platform vmware: /etc/vmware-tools/backupScripts.d/README',
    'problem',
    /fails the freeze/,
  ],
  [
    'ours is in both styles',
    ({ root }) =>
      plant(root, {
        'etc/vmware-tools/backupScripts.d/10-db': {
          link: '/usr/lib/mysql-quiesce/current/pre-freeze-script',
        },
      }),
    'platform vmware: /etc/vmware-tools/backupScripts.d/10-db',
    'problem',
    /would lock twice/,
  ],
  [
    'another hook locks',
    ({ root }) =>
      plant(root, {
        'etc/qemu/fsfreeze-hook.d/mysql-flush.sh': { text: 'FLUSH TABLES WITH READ LOCK', mode: 0o755 },
      }),
    'platform qemu: /etc/qemu/fsfreeze-hook.d/mysql-flush.sh',
    'warning',
    /FLUSH TABLES/,
  ],
  [
    'a hook is named that is not there',
    ({ root }) => plant(root, { 'etc/qemu/fsfreeze-hook.d/gone': { link: '/nowhere' } }),
    'platform qemu: /etc/qemu/fsfreeze-hook.d/gone',
    'problem',
    /where nothing is, cannot be run/,
  ],
  [
    'VMware Tools run no scripts',
    ({ root }) =>
      plant(root, { 'etc/vmware-tools/tools.conf': { text: '[vmbackup]\nexecScripts = false\n' } }),
    'platform vmware: scripts are not switched off',
    'problem',
    /execScripts=false/,
  ],
  [
    'VMware Tools freeze nothing',
    ({ root }) =>
      plant(root, { 'etc/vmware-tools/tools.conf': { text: '[vmbackup]\nenableSyncDriver=false\n' } }),
    'platform vmware: file systems are frozen too',
    'problem',
    /enableSyncDriver=false/,
  ],
  [
    'an agent is not installed',
    ({ at }) => rmSync(at('usr/bin/vmtoolsd')),
    'platform vmware: VMware Tools are installed',
    'problem',
    /open-vm-tools/,
  ],
  [
    'qemu-ga was told of another hook',
    ({ at }) => writeFileSync(at('etc/qemu/qemu-ga.conf'), '[general]\nfsfreeze-hook=/opt/x\n'),
    'platform qemu: the agent was told to call a hook',
    'problem',
    /\/opt\/x, by \/etc\/qemu\/qemu-ga\.conf: it is not there/,
  ],
  [
    'qemu-ga was told of no hook',
    ({ at }) => writeFileSync(at('etc/qemu/qemu-ga.conf'), '[general]\n'),
    'platform qemu: /etc/qemu/qemu-ga.conf',
    'problem',
    /does not set fsfreeze-hook/,
  ],
]

describe('the doctor of the files of a system', () => {
  test('has nothing to say against what install has just put there', async () => {
    await onBench(async ({ root, put, doctor }) => {
      put()
      const results = new Set(Object.values(await doctor()).map(({ result }) => result))
      assert.deepEqual([...results].toSorted(), ['not-applicable', 'ok'])
      assert.equal((await command('doctor', '--root', root)).exitCode, 0)
    })
  })

  for (const [title, harm, name, result, words] of harms) {
    test(`says it when ${title}`, async () => {
      await onBench(async (bench) => {
        bench.put()
        harm(bench)
        says((await bench.doctor())[name], result, words)
      })
    })
  }

  test(
    "says whom a file belongs to that is not root's",
    { skip: process.getuid?.() !== 0 && 'only root can give a file away' },
    async () => {
      await onBench(async ({ inBundle, put, doctor }) => {
        put()
        chownSync(inBundle('locktables'), 65534, 65534)
        says((await doctor())['bundle: owner'], 'problem', /locktables belongs to neither root nor us/)
      })
    },
  )

  test('says that a script which install kept is called by ours', async () => {
    await onBench(async ({ root, put, doctor }) => {
      plant(root, { 'usr/sbin/pre-freeze-script': { text: '#!/bin/sh\n', mode: 0o755 } })
      put({ platforms: ['vmware'], others: 'chain' })
      says((await doctor())['platform vmware: /usr/sbin/pre-freeze-script'], 'ok', /calls what was there too/)
    })
  })

  test('says that a script which install kept is gone or cannot be run, so that every freeze fails', async () => {
    await onBench(async ({ root, at, put, doctor }) => {
      const kept = 'usr/sbin/pre-freeze-script.mysql-quiesce.orig'
      const link = 'platform vmware: /usr/sbin/pre-freeze-script'
      plant(root, { 'usr/sbin/pre-freeze-script': { text: '#!/bin/sh\n', mode: 0o755 } })
      put({ platforms: ['vmware'], others: 'chain' })
      chmodSync(at(kept), 0o644)
      says((await doctor())[link], 'problem', /has to call \S+\.orig, and that is a file, mode 0644/)
      rmSync(at(kept))
      says((await doctor())[link], 'problem', /has to call \S+\.orig, and that is not there/)
      put()
      says((await doctor())[link], 'ok', /^leads to \S+\/current\/pre-freeze-script;/)
    })
  })

  test('says with which --prefix to look where the command belongs to an installation elsewhere', async () => {
    await onBench(async ({ root, at, put }) => {
      put({ prefix: '/opt/quiesce' })
      const folder = realpathSync(at('opt/quiesce/current'))
      const advised = () => {
        const bundle = { folder, version: '1.0.0', stateDir: '/var/run/veeam' }
        return judgeBundle(
          lookAtBundle(patientNamed({ prefix: '/nonexistent/prefix', platforms: [], bundle, flags: {} })),
        )[0]?.advice
      }
      assert.equal(advised(), `mysql-quiesce doctor --prefix ${root}/opt/quiesce`)
      rmSync(at('opt/quiesce/manifest.json'))
      assert.equal(advised(), `run ${folder}/install`)
    })
  })

  test('knows the dispatcher of a distribution, and that ours beside it is called', async () => {
    await onBench(async ({ root, at, put, doctor }) => {
      plant(root, { 'etc/qemu/fsfreeze-hook': { text: '#!/bin/sh\n# runs fsfreeze-hook.d\n', mode: 0o755 } })
      put({ platforms: ['qemu'] })
      const hook = 'platform qemu: the agent was told to call a hook'
      says((await doctor())[hook], 'ok', /\/etc\/qemu\/fsfreeze-hook\.mysql-quiesce, by/)
      writeFileSync(at('etc/qemu/qemu-ga.conf'), '[general]\nfsfreeze-hook=/etc/qemu/fsfreeze-hook\n')
      says((await doctor())[hook], 'warning', /succeeds whatever its scripts return/)
    })
  })

  test('looks at the platforms that are named, and says what is missing for them', async () => {
    await onBench(async ({ put, doctor }) => {
      put({ platforms: ['qemu'] })
      const checks = await doctor('--platform', 'vmware')
      says(checks['platform vmware: /usr/sbin/pre-freeze-script'], 'problem', /is not there/)
      assert.ok(!Object.keys(checks).some((name) => name.startsWith('platform qemu')))
    })
  })

  test('says that nothing is installed, and that there is no agent', async () => {
    await onBench(async ({ at, doctor }) => {
      for (const agent of Object.keys(agents)) rmSync(at(agent))
      const checks = await doctor()
      says(
        checks['bundle: installed'],
        'problem',
        /no manifest in \/usr\/lib\/mysql-quiesce; .*run .*install/,
      )
      says(checks['platforms: agent'], 'problem', /none is found/)
    })
  })

  test('says of what runs that another system is looked at', async () => {
    await onBench(async ({ put, doctor }) => {
      put()
      const checks = await doctor()
      for (const name of ['Node.js: Node.js', 'machine: machine', 'server: server', 'last run: last run'])
        says(checks[name], 'not-applicable', /another system/)
    })
  })

  test('fails as every command does for a platform that is none', async () => {
    assert.deepEqual([(await command('doctor', '--platform', 'xen')).exitCode], [2])
  })
})

function withCrlf(path: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('\n', '\r\n'))
}

function relink(path: string, target: string): void {
  rmSync(path)
  symlinkSync(target, path)
}

function replace(path: string): void {
  rmSync(path)
  writeFileSync(path, '#!/bin/sh\n')
  chmodSync(path, 0o755)
}
