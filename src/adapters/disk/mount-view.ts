import { readlink, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Mount, mountOf, mountsFrom } from '../../core/disk/mount-table.ts'
import type { FileSystem } from '../../core/disk/disk-evidence.ts'

/** The files of this machine as one process sees them: ours, or another one's, whose mounts may differ. */
export interface MountView {
  /** The path without links, as that process sees it. Throws where it is not there. */
  nameOf(path: string): Promise<string>
  /** The path by which this process reaches a path of that one, without links. Throws where it is not there. */
  resolve(path: string): Promise<string>
  /** The file system that a path of that process is on. Throws where it is not there. */
  fileSystemOf(path: string): Promise<FileSystem>
}

/** How this process itself sees them. */
export async function ourView(): Promise<MountView> {
  const mounts = mountsFrom(await readFile('/proc/self/mountinfo', 'utf8'))
  return viewThrough('', mounts)
}

/** How that process sees them: as we do where its mount namespace is ours. Throws where we may not look. */
export async function viewOf(pid: number): Promise<MountView> {
  const [its, own] = await Promise.all([readlink(`/proc/${pid}/ns/mnt`), readlink('/proc/self/ns/mnt')])
  if (its === own) return await ourView()
  return viewThrough(`/proc/${pid}/root`, mountsFrom(await readFile(`/proc/${pid}/mountinfo`, 'utf8')))
}

function viewThrough(root: string, mounts: readonly Mount[]): MountView {
  const nameOf = async (path: string) => (root === '' ? await realpath(path) : await resolveBelow(root, path))
  return {
    nameOf,
    resolve: async (path) => root + (await nameOf(path)),
    async fileSystemOf(path) {
      const name = await nameOf(path)
      const seen = await stat(root + name)
      const mount = mountOf(name, mounts)
      const folder = seen.isDirectory() ? name : dirname(name)
      const { point = folder, type = 'unknown' } = mount ?? {}
      return { device: seen.dev, path: root + folder, name: point, type }
    },
  }
}

/** How many links a path may lead through, as the kernel has it (path_resolution(7)). */
const mostLinks = 40

/** Follows links as a process does whose root is that one: the kernel would take an absolute link from our own root. */
async function resolveBelow(root: string, path: string, links = 0): Promise<string> {
  if (links > mostLinks) throw new Error(`ELOOP: too many links, ${path}`)
  let done = '/'
  const rest = path.split('/').filter(Boolean)
  while (rest.length > 0) {
    const next = join(done, rest.shift()!)
    const target = await readlink(root + next).catch(() => null)
    if (target !== null) {
      const led = target.startsWith('/') ? join(target, ...rest) : join(done, target, ...rest)
      return await resolveBelow(root, led, links + 1)
    }
    done = next
  }
  return done
}
