import type { Platform } from './platform.ts'
import { vmwareTools } from './vmware-tools.ts'

/**
 * One script in the folder of VMware Tools, among the scripts of others: it runs last at the freeze and first at
 * the thaw. VMware Tools run every regular file there, sorted by its bytes, executable or not.
 */
export const vmwareScriptsD: Platform = {
  name: 'vmware-scripts.d',
  title: 'VMware Tools, one script in backupScripts.d',
  detect: [],
  ships: [
    {
      name: 'platforms/freeze-or-thaw',
      mode: 0o755,
      why: 'one script for both: does what its first argument says',
    },
  ],
  places: [
    {
      when: [],
      puts: [
        {
          put: 'link',
          path: '/etc/vmware-tools/backupScripts.d/zz-mysql-quiesce',
          to: 'platforms/freeze-or-thaw',
        },
      ],
    },
  ],
  excludes: ['vmware'],
  ...vmwareTools,
}
