import type { Caller } from '../core/invoker.ts'
import type { ConfigOption, Limit, Place, Platform, Put, Requirement } from './platform.ts'

/** Freezes every file system of a kind that can be frozen, right after its hook (qga/commands-posix.c). */
export const qemuGa: Caller = { name: 'qemu-ga', process: 'qemu-ga', freezes: 'always' }

/**
 * The hook of the QEMU guest agent. Facts: qga/commands-posix.c and qga/main.c; run with 7.2, 10.0 and 11.1 of Debian.
 *
 * The dispatcher that distributions ship returns 0 whatever its scripts return, so a lock that failed would not stop
 * the snapshot. Where it is there it stays, with an entry of ours in its folder, and the agent is told to call ours
 * beside it, which runs the same folder and fails when a script fails.
 */
export const qemu: Platform = {
  name: 'qemu',
  title: 'QEMU guest agent (Proxmox, libvirt, oVirt, KubeVirt)',
  detect: ['/usr/sbin/qemu-ga', '/usr/bin/qemu-ga'],
  ships: [
    {
      name: 'platforms/freeze-or-thaw',
      mode: 0o755,
      why: 'one script for both: does what its first argument says',
    },
    {
      name: 'platforms/qemu/fsfreeze-hook',
      mode: 0o755,
      why: 'runs the scripts of fsfreeze-hook.d, and fails when one of them fails',
    },
  ],
  places: [...placesIn(redHat()), ...placesIn(debian())],
  excludes: [],
  scripts: [
    { path: '/etc/qemu/fsfreeze-hook.d', runs: 'programs' },
    { path: '/etc/qemu-ga/fsfreeze-hook.d', runs: 'programs' },
  ],
  calls: {
    freeze: '`freeze`, before the file systems are frozen',
    thaw: '`thaw`, after they are thawed; also when nothing was frozen',
    whenFreezeFails:
      'nothing is frozen and the host gets the error (from 9.1 on with our line); Proxmox goes on with the backup, libvirt fails the snapshot; no thaw is called',
    whenThawFails: 'the host gets the error; the file systems are thawed all the same',
  },
  limits: limits(),
  requirements: requirements(),
  next: ['restart the agent, which reads its configuration only then: systemctl restart qemu-guest-agent'],
  afterwards: ['restart the agent, which calls our hook until then: systemctl restart qemu-guest-agent'],
  selinux: [
    'setsebool -P virt_qemu_ga_run_unconfined on',
    "semanage fcontext -a -t virt_qemu_ga_unconfined_exec_t 'PREFIX/[^/]+/platforms/.*'",
    "semanage fcontext -a -t virt_qemu_ga_unconfined_exec_t 'PREFIX/[^/]+/(pre-freeze-script|post-thaw-script|locktables)'",
    'restorecon -R -v PREFIX',
  ],
}

interface Family {
  readonly folder: string
  readonly sign: Place['when']
  readonly config: Omit<ConfigOption, 'value' | 'insteadOf'> & { readonly path: string }
}

function redHat(): Family {
  return {
    folder: '/etc/qemu-ga',
    sign: [{ is: 'there', path: '/etc/sysconfig/qemu-ga' }],
    config: { path: '/etc/sysconfig/qemu-ga', syntax: 'sh', group: '', key: 'FSFREEZE_HOOK_PATHNAME' },
  }
}

/** On Debian the unit reads no file of options, so it is the agent's own file. */
function debian(): Family {
  return {
    folder: '/etc/qemu',
    sign: [],
    config: { path: '/etc/qemu/qemu-ga.conf', syntax: 'ini', group: 'general', key: 'fsfreeze-hook' },
  }
}

function placesIn({ folder, sign, config }: Family): Place[] {
  const usual = `${folder}/fsfreeze-hook`
  const beside = `${folder}/fsfreeze-hook.mysql-quiesce`
  return [
    { when: [...sign, { is: 'dispatcher', path: usual }], puts: puts(beside) },
    { when: sign, puts: puts(usual) },
  ]

  function puts(hook: string): Put[] {
    return [
      { put: 'link', path: `${folder}/fsfreeze-hook.d/zz-mysql-quiesce`, to: 'platforms/freeze-or-thaw' },
      {
        put: 'link',
        path: hook,
        to: 'platforms/qemu/fsfreeze-hook',
        chained: 'platforms/qemu/fsfreeze-hook',
      },
      { put: 'option', ...config, value: hook, insteadOf: ['', '/dev/null', usual, beside] },
    ]
  }
}

function limits(): Limit[] {
  return [
    {
      what: 'the agent itself, which answers nothing while a hook runs',
      seconds: null,
      choose: 'nothing: `freeze-within` and `thaw-within` end ours',
    },
    { what: 'Proxmox, freeze (an hour before 2025-09)', seconds: 600, choose: '`freeze-within` below it' },
    { what: 'Proxmox, thaw', seconds: 180, choose: '`thaw-within` below it' },
    { what: 'oVirt, freeze', seconds: 480, choose: '`freeze-within` below it' },
    {
      what: 'KubeVirt, freeze, up to 1.5',
      seconds: 5,
      choose: '`freeze-within` 4s, `lock-wait` 1s; later versions wait',
    },
    {
      what: 'KubeVirt, until it thaws by itself',
      seconds: 300,
      choose: '`hold-at-most` below it, as the default is',
    },
  ]
}

function requirements(): Requirement[] {
  return [
    {
      what: 'the QEMU guest agent is installed',
      look: { at: 'programs', anyOf: ['/usr/sbin/qemu-ga', '/usr/bin/qemu-ga'] },
      fix: 'install the package qemu-guest-agent',
    },
    {
      what: 'qemu-ga runs',
      look: { at: 'process', anyOf: ['qemu-ga'] },
      fix: 'give the machine an agent channel on the host, then systemctl start qemu-guest-agent',
    },
    {
      what: 'the agent was told to call a hook',
      look: {
        at: 'hook',
        process: 'qemu-ga',
        flags: ['-F', '--fsfreeze-hook='],
        files: [
          { path: '/etc/qemu/qemu-ga.conf', syntax: 'ini', key: 'fsfreeze-hook' },
          { path: '/etc/sysconfig/qemu-ga', syntax: 'sh', key: 'FSFREEZE_HOOK_PATHNAME' },
        ],
      },
      fix: 'mysql-quiesce install --platform qemu, then systemctl restart qemu-guest-agent',
    },
    {
      what: 'the host asks the agent to freeze',
      look: { at: 'host' },
      fix: 'Proxmox: VM, options, QEMU guest agent: enabled, with freeze-fs-on-backup; libvirt: --quiesce',
    },
  ]
}
