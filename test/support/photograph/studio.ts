import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tool } from '../../servers/tool.ts'
import { type Disk, type DiskRequest, makeDisk } from './disk.ts'
import { makeFileSystem } from './mkfs.ts'

/** A place for disks that can be photographed at any moment, in memory. Only for a process with mounts of its own. */
export interface Studio extends AsyncDisposable {
  readonly folder: string
  disk(name: string, how?: Pick<DiskRequest, 'fileSystem'>): Promise<Disk>
}

/** Of the file system below the images; it is sparse. */
const gigabytes = 32

/**
 * The images lie on an xfs, which copies a file at one moment (FICLONE keeps writes out meanwhile, fs/xfs/xfs_reflink.c).
 * A copy of the bytes would be of several moments wherever something is written, and tear what a disk snapshot does not.
 */
export async function openStudio(): Promise<Studio> {
  const folder = await mkdtemp(join(tmpdir(), 'quiesce-disks-'))
  await tool('mount', ['-t', 'tmpfs', '-o', 'size=75%,mode=0711', 'none', folder])
  const [below, images] = [join(folder, 'below.img'), join(folder, 'images')]
  await writeFile(below, '')
  await truncate(below, gigabytes * 1024 ** 3)
  await makeFileSystem('xfs', below)
  await mkdir(images)
  await tool('mount', ['-t', 'xfs', '-o', 'loop', below, images])
  return {
    folder: images,
    disk: (name, how = {}) => makeDisk({ ...how, place: join(images, name), copied: 'reflink' }),
    async [Symbol.asyncDispose]() {
      await tool('umount', ['--lazy', images])
      await tool('umount', ['--lazy', folder])
      await rm(folder, { recursive: true })
    },
  }
}
