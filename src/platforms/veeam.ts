import type { Caller } from '../core/invoker.ts'
import type { Platform } from './platform.ts'

/** Known by what its pair says: the backup server may run it through VMware Tools or by ssh. The snapshot freezes nothing. */
export const veeamJob: Caller = { name: 'veeam', freezes: 'never' }

/**
 * The pair that the backup server uploads into the guest and runs from /tmp (Veeam guest processing). Facts: Veeam Backup &
 * Replication, pre-freeze and post-thaw scripts. Nothing is put into the system for it but us ourselves.
 */
export const veeam: Platform = {
  name: 'veeam',
  title: 'Veeam guest processing, a pair of .sh that the backup server uploads',
  detect: ['/usr/bin/veeamconfig', '/opt/veeam'],
  ships: [
    {
      name: 'platforms/veeam/mysql-quiesce-pre-freeze.sh',
      mode: 0o755,
      why: 'for the backup server: the pre-freeze script of a Veeam job',
    },
    {
      name: 'platforms/veeam/mysql-quiesce-post-thaw.sh',
      mode: 0o755,
      why: 'for the backup server: the post-thaw script of a Veeam job',
    },
  ],
  places: [{ when: [], puts: [] }],
  excludes: [],
  scripts: [],
  calls: {
    freeze: 'no argument; uploaded, and run from /tmp by the guest account',
    thaw: 'no argument; the same',
    whenFreezeFails: 'the job fails, if it is set to require success',
    whenThawFails: 'the job fails, if it is set to require success; also on anything on stderr',
  },
  limits: [
    {
      what: 'each script',
      seconds: 600,
      choose: '`freeze-within` below it; the pre-freeze script stops it after 540 s',
      fits: ['freeze-within'],
    },
  ],
  requirements: [
    {
      what: 'the job runs the pair and requires its success',
      look: { at: 'host' },
      fix: 'job, guest processing, applications, scripts: upload the pair, choose "require success"',
    },
    {
      what: 'the job does not quiesce through VMware Tools as well',
      look: { at: 'host' },
      fix: 'one of the two: with both, the second freeze is refused and the job fails',
    },
  ],
  next: [
    'copy PREFIX/current/platforms/veeam/*.sh to the backup server, and name them in the job (guest processing, applications, scripts, require success)',
  ],
  afterwards: ['take the pair out of the Veeam job, which fails without us'],
  selinux: [],
}
