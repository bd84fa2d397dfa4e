import type { Platform } from './platform.ts'
import { vmwareTools } from './vmware-tools.ts'

/**
 * The pair in /usr/sbin. Facts: open-vm-tools 13.1.0, services/plugins/vmbackup/scriptOps.c and stateMachine.c;
 * run against 12.2.0.
 */
export const vmware: Platform = {
  name: 'vmware',
  title: 'VMware Tools, the pair in /usr/sbin',
  detect: ['/usr/bin/vmtoolsd', '/usr/sbin/vmtoolsd'],
  ships: [
    {
      name: 'platforms/vmware/pre-freeze-after-another',
      mode: 0o755,
      why: 'called instead of pre-freeze-script where install --chain kept another one',
    },
    {
      name: 'platforms/vmware/post-thaw-before-another',
      mode: 0o755,
      why: 'called instead of post-thaw-script where install --chain kept another one',
    },
  ],
  places: [
    {
      when: [],
      // The thaw first: where only pre-freeze-script was there, a freeze would have no thaw
      puts: [
        {
          put: 'link',
          path: '/usr/sbin/post-thaw-script',
          to: 'post-thaw-script',
          chained: 'platforms/vmware/post-thaw-before-another',
        },
        {
          put: 'link',
          path: '/usr/sbin/pre-freeze-script',
          to: 'pre-freeze-script',
          chained: 'platforms/vmware/pre-freeze-after-another',
        },
      ],
    },
  ],
  excludes: ['vmware-scripts.d'],
  ...vmwareTools,
}
