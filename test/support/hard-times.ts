import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Machines that are worse than this one, in namespaces of their own: a child process has hard times in them. */
const machines = {
  /** A file system of 8 pages is mounted at the directory. */
  'a tiny disk': 'mount -t tmpfs -o size=32k none "$1"',
  /** No watch can be had: EMFILE. */
  'no watches': 'echo 0 > /proc/sys/user/max_inotify_instances',
} as const

export type Machine = keyof typeof machines

const party = join(import.meta.dirname, 'hard-times-party.ts')

/** What a deed of hard-times-party.ts comes to on such a machine, in a directory. */
export function inHardTimes(machine: Machine, deed: string, directory: string): unknown {
  const prepare = `${machines[machine]} || exit 99; exec "$0" --import tsx "$2" "$3" "$1"`
  const { stdout, stderr, status } = spawnSync(
    'unshare',
    ['-Urm', 'sh', '-c', prepare, process.execPath, directory, party, deed],
    { encoding: 'utf8', cwd: join(import.meta.dirname, '../..') },
  )
  if (status !== 0) throw new Error(`${deed} on ${machine}: exit code ${status}\n${stderr}`)
  return JSON.parse(stdout)
}

/** Why there can be no such machine here; false where there can. */
export function hardTimesAreMissing(): string | false {
  const { status, stderr } = spawnSync('unshare', ['-Urm', 'true'], { encoding: 'utf8' })
  return status === 0 ? false : `no namespaces here: ${stderr ?? 'unshare is not there'}`
}
