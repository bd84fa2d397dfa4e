import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Ancestor, invokerOf, isInvoker, isInvokerName } from '../../src/core/invoker.ts'
import { callers } from '../../src/platforms/callers.ts'

/** The nearest first: our launcher, and what is above it. */
function chain(...names: readonly (string | readonly [name: string, ...argv: string[]])[]): Ancestor[] {
  return names.map((each, index) => {
    const [name, ...argv] = typeof each === 'string' ? [each, each] : each
    return { pid: 1000 - index, name, argv }
  })
}

function invoker(
  ancestors: readonly Ancestor[],
  { said, set = {} }: { readonly said?: string; readonly set?: Readonly<Record<string, string>> } = {},
) {
  const option = (path: string, group: string, key: string) => set[`${path} [${group}] ${key}`] ?? null
  return invokerOf({ said, ancestors, callers, option })
}

const launcher = 'pre-freeze-scri'
const vmbackup = chain(
  [launcher, '/bin/sh', '/usr/sbin/pre-freeze-script', 'freeze'],
  'vmtoolsd',
  'vmtoolsd',
  'systemd',
)
const tools = '/etc/vmware-tools/tools.conf [vmbackup]'

describe('the invoker is', () => {
  test('qemu-ga, which always freezes, whatever hooks lie between', () => {
    const above = chain(
      launcher,
      ['fsfreeze-hook', '/bin/sh', '/etc/qemu/fsfreeze-hook', 'freeze'],
      'qemu-ga',
      'systemd',
    )
    assert.deepEqual(invoker(above), {
      name: 'qemu-ga',
      freezes: 'yes',
      why: 'qemu-ga freezes the file systems',
    })
  })

  test('vmtoolsd, which freezes, where it runs our launcher itself', () => {
    assert.deepEqual(invoker(vmbackup), {
      name: 'vmtoolsd',
      freezes: 'yes',
      why: 'vmtoolsd freezes the file systems',
    })
  })

  for (const [what, argv] of [
    ['the pair that calls us after another', ['/bin/sh', '/usr/sbin/pre-freeze-script', 'freeze']],
    [
      'a script of its folder that calls us',
      ['/bin/sh', '/etc/vmware-tools/backupScripts.d/10-db', 'freeze'],
    ],
    ['a shell that has not made way for us', ['bash', '-c', '"/usr/sbin/pre-freeze-script" freeze']],
  ] as const)
    test(`vmtoolsd, which freezes, where it runs ${what}`, () => {
      assert.equal(invoker(chain(launcher, ['between', ...argv], 'vmtoolsd')).freezes, 'yes')
    })

  test('vmtoolsd, which does not freeze, where it runs another program that calls us', () => {
    const above = chain(launcher, ['backup.sh', '/bin/bash', '/tmp/backup.sh'], 'vmtoolsd', 'systemd')
    assert.deepEqual(invoker(above), {
      name: 'vmtoolsd',
      freezes: 'no',
      why: 'vmtoolsd ran it as a program, not for a snapshot of its own',
    })
  })

  for (const [what, set, why] of [
    [
      'its sync driver is off',
      { [`${tools} enableSyncDriver`]: 'False' },
      'vmtoolsd was told not to freeze the file systems: enableSyncDriver of [vmbackup] in /etc/vmware-tools/tools.conf',
    ],
    [
      'nothing is to be quiesced',
      { [`${tools} quiesceApps`]: '0', [`${tools} quiesceFS`]: 'false' },
      'vmtoolsd was told not to freeze the file systems: quiesceApps and quiesceFS of [vmbackup] in /etc/vmware-tools/tools.conf',
    ],
  ] as const)
    test(`vmtoolsd, which does not freeze, where ${what}`, () => {
      assert.deepEqual(invoker(vmbackup, { set }), { name: 'vmtoolsd', freezes: 'no', why })
    })

  test('vmtoolsd, which freezes, where only one of applications and file systems is not to be quiesced', () => {
    assert.equal(invoker(vmbackup, { set: { [`${tools} quiesceApps`]: 'false' } }).freezes, 'yes')
  })

  test('Veeam where its pair says so, though VMware Tools run it', () => {
    assert.deepEqual(invoker(vmbackup, { said: 'veeam' }), {
      name: 'veeam',
      freezes: 'no',
      why: 'veeam freezes no file systems',
    })
  })

  test('whoever a script says that it works for', () => {
    assert.equal(invoker(chain(launcher, 'backup.sh'), { said: 'qemu-ga' }).freezes, 'yes')
    assert.deepEqual(invoker(vmbackup, { said: 'sanoid' }), {
      name: 'sanoid',
      freezes: 'no',
      why: 'sanoid is no agent that is known to freeze file systems',
    })
  })

  test('the process that called, where no agent is above it', () => {
    assert.deepEqual(invoker(chain(launcher, 'backup.sh', 'cron')), {
      name: 'backup.sh',
      freezes: 'no',
      why: 'backup.sh is no agent that is known to freeze file systems',
    })
    assert.equal(invoker([]).name, 'nobody')
  })

  test('the nearest agent, where one runs below another', () => {
    assert.equal(invoker(chain(launcher, 'fsfreeze-hook', 'qemu-ga', 'vmtoolsd')).name, 'qemu-ga')
  })

  test('not what cannot be a name', () => {
    for (const said of ['', 'a b', '"', 'x'.repeat(41), '$(x)']) {
      assert.equal(isInvokerName(said), false)
      assert.equal(invoker(chain(launcher, 'cron'), { said }).name, 'cron')
    }
  })
})

describe('what a ticket says of the invoker', () => {
  for (const [value, is] of [
    [{ name: 'qemu-ga', freezes: 'yes', why: '' }, true],
    [{ name: 'qemu-ga', freezes: 'no', why: 'x', more: 1 }, true],
    [{ name: 'qemu-ga', freezes: 'perhaps', why: '' }, false],
    [{ name: 1, freezes: 'yes', why: '' }, false],
    [{ name: 'qemu-ga', freezes: 'yes' }, false],
    [null, false],
  ] as const)
    test(`is read: ${JSON.stringify(value)}: ${is}`, () => assert.equal(isInvoker(value), is))
})
