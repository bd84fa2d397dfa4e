import { readlinkSync } from 'node:fs'
import { execa } from 'execa'

/** Has this process a mount namespace that its parent is not in? Then what it mounts is its own. */
export function hasPrivateMounts(): boolean {
  return readlinkSync('/proc/self/ns/mnt') !== readlinkSync(`/proc/${process.ppid}/ns/mnt`)
}

/** Runs this program again with mounts of its own, which nobody else sees and which go with it. Gives its exit code. */
export async function againWithPrivateMounts(): Promise<number> {
  if (process.getuid?.() !== 0) throw new Error('only root can mount and freeze a file system')
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const { exitCode } = await execa('unshare', ['--mount', '--propagation', 'private', ...command], {
    stdio: 'inherit',
    reject: false,
    // it is told by the terminal, or by us, and ends when it has thawed and unmounted
    forceKillAfterDelay: false,
  })
  return exitCode ?? 1
}
