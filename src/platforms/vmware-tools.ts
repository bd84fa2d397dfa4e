import type { Caller } from '../core/invoker.ts'
import type { Calls, Limit, Platform, Requirement, ScriptPlace } from './platform.ts'

/**
 * Its vmbackup freezes with FIFREEZE unless the sync driver is switched off, or neither applications nor file systems are to be
 * quiesced (stateMachine.c). What a host asks for instead, with startWithOpts, cannot be seen from inside. The same process runs
 * programs for the guest operations of the host, which freeze nothing.
 */
export const vmtoolsd: Caller = {
  name: 'vmtoolsd',
  process: 'vmtoolsd',
  runs: ['/usr/sbin/pre-freeze-script', '/etc/vmware-tools/backupScripts.d/'],
  freezes: {
    path: '/etc/vmware-tools/tools.conf',
    group: 'vmbackup',
    anyOf: [
      { keys: ['enableSyncDriver'], off: ['false', '0'] },
      { keys: ['quiesceApps', 'quiesceFS'], off: ['false', '0'] },
    ],
  },
}

const scripts: readonly ScriptPlace[] = [
  { path: '/usr/sbin/pre-freeze-script', runs: 'every-file' },
  { path: '/usr/sbin/post-thaw-script', runs: 'every-file' },
  { path: '/etc/vmware-tools/backupScripts.d', runs: 'every-file' },
]

const calls: Calls = {
  freeze: '`freeze`, before the file systems are frozen',
  thaw: '`thaw` or `freezeFail`, after they are thawed; perhaps one more argument, which may be empty',
  whenFreezeFails:
    'the quiesced snapshot fails; the script that failed gets no thaw, those before it get `freezeFail`',
  whenThawFails: 'the host is told "Custom quiesce script failed" although the snapshot exists',
}

const limits: readonly Limit[] = [
  {
    what: 'from the start to the end of the thaw scripts; `[vmbackup] timeout` of tools.conf sets another one',
    seconds: 900,
    choose: '`freeze-within` + `hold-at-most` + `thaw-within` below it: the defaults are 195 s',
    fits: ['freeze-within', 'hold-at-most', 'thaw-within'],
    setBy: { path: '/etc/vmware-tools/tools.conf', group: 'vmbackup', key: 'timeout' },
  },
  {
    what: 'from SIGTERM to SIGKILL, when it gives up',
    seconds: 5,
    choose: 'nothing: a freeze that is stopped has undone itself well before',
  },
]

const requirements: readonly Requirement[] = [
  {
    what: 'VMware Tools are installed',
    look: { at: 'programs', anyOf: ['/usr/bin/vmtoolsd', '/usr/sbin/vmtoolsd'] },
    fix: 'install the package open-vm-tools',
  },
  {
    what: 'vmtoolsd runs',
    look: { at: 'process', anyOf: ['vmtoolsd'] },
    fix: 'systemctl enable --now open-vm-tools (Debian) or vmtoolsd (Red Hat)',
  },
  {
    what: 'scripts are not switched off',
    look: {
      at: 'ini',
      path: '/etc/vmware-tools/tools.conf',
      group: 'vmbackup',
      key: 'execScripts',
      off: ['false', '0'],
    },
    fix: 'take execScripts out of [vmbackup] in /etc/vmware-tools/tools.conf',
  },
  {
    what: 'file systems are frozen too',
    look: {
      at: 'ini',
      path: '/etc/vmware-tools/tools.conf',
      group: 'vmbackup',
      key: 'enableSyncDriver',
      off: ['false', '0'],
    },
    fix: 'take enableSyncDriver out of [vmbackup] in /etc/vmware-tools/tools.conf',
  },
  {
    what: 'the backup asks for a quiesced snapshot',
    look: { at: 'host' },
    fix: 'in Veeam: job, storage, advanced, vSphere: enable VMware Tools quiescence; it is off by default',
  },
]

const next: readonly string[] = [
  'enable quiescing in the backup job (Veeam: storage, advanced, vSphere, VMware Tools quiescence)',
]

/** What holds for both ways in which VMware Tools call scripts. */
export const vmwareTools: Pick<
  Platform,
  'scripts' | 'calls' | 'limits' | 'requirements' | 'next' | 'afterwards' | 'selinux'
> = {
  scripts,
  calls,
  limits,
  requirements,
  next,
  afterwards: [],
  selinux: [],
}
