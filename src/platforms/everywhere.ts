import type { Put, Shipped } from './platform.ts'

/** What the bundle has for every platform. */
export const shippedEverywhere: readonly Shipped[] = [
  {
    name: 'install',
    mode: 0o755,
    why: 'puts everything into its place: `./install --dry-run` shows what that is',
  },
  {
    name: 'system/tmpfiles.conf',
    mode: 0o644,
    why: 'makes the state directory at every boot',
    asks: ['runDir'],
  },
  { name: 'system/logrotate.conf', mode: 0o644, why: 'keeps the log short' },
]

/** The option file that shows every setting; core/settings-text.ts writes it. */
export const exampleName = 'mysql-quiesce.cnf.example'

/** Where the settings are. */
export const configPath = '/etc/mysql-quiesce.cnf'

/** The command, by which the scripts that lie elsewhere find us. */
const commandPath = '/usr/sbin/mysql-quiesce'

/** What is put into the system whatever the platform is. The state directory is a fact of the bundle. */
export function putEverywhere({ stateDir }: { readonly stateDir: string }): Put[] {
  return [
    {
      put: 'file',
      path: '/etc/tmpfiles.d/mysql-quiesce.conf',
      from: 'system/tmpfiles.conf',
      mode: 0o644,
      belongsTo: 'us',
    },
    { put: 'directory', path: stateDir, mode: 0o700 },
    {
      put: 'file',
      path: '/etc/logrotate.d/mysql-quiesce',
      from: 'system/logrotate.conf',
      mode: 0o644,
      belongsTo: 'us',
    },
    { put: 'file', path: configPath, from: exampleName, mode: 0o600, belongsTo: 'operator' },
    { put: 'link', path: commandPath, to: 'mysql-quiesce' },
  ]
}
