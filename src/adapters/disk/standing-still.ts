import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freezable, mountOf, mountsFrom, saysStandsStill } from '../../core/disk/mount-table.ts'
import { aside } from './aside.ts'

/** No folder has this name. */
const nobodys = '.mysql-quiesce-probe'

/**
 * Whether the file system of a folder takes changes within so many milliseconds. While it is frozen every change waits in a state that no
 * signal ends (fs/namei.c do_rmdir: mnt_want_write), and nothing shows that without waiting; so a process of its own removes a folder
 * that is not there, which changes nothing.
 */
export async function takesChanges(folder: string, within: number): Promise<boolean> {
  const child = spawn('/bin/sh', ['-c', aside('exec rmdir -- "$1"'), 'sh', join(folder, nobodys)], {
    cwd: '/',
    detached: true,
    env: {},
    stdio: 'ignore',
  })
  const done = new AbortController()
  const ended = new Promise<true>((resolve) => {
    child.once('error', () => resolve(true))
    child.once('exit', () => resolve(true))
  })
  const late = delay(within, false, { signal: done.signal }).catch(() => false)
  const took = await Promise.race([ended, late])
  done.abort()
  if (took) return true
  // It ends with the standstill.
  child.kill('SIGKILL')
  child.unref()
  return false
}

/** The mount points of the file systems of this machine's disks that stand still now. */
export async function standingStill(within: number): Promise<readonly string[]> {
  const points = freezable(readFileSync('/proc/self/mountinfo', 'utf8'))
  const looks = await Promise.all(points.map((point) => takesChanges(point, within)))
  return points.filter((_, index) => !looks[index])
}

/** For a message: that the file system of this path stands still, and how it is thawed. */
export function standsStill(path: string): string {
  const mount = mountOf(nearest(path), mountsFrom(readFileSync('/proc/self/mountinfo', 'utf8')))
  return saysStandsStill([mount?.point ?? dirname(path)])
}

/** The folder of a path, or the nearest above it that is there. */
export function nearest(path: string): string {
  return existsSync(path) || path === '/' ? path : nearest(dirname(path))
}
