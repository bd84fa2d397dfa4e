import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { tool } from '../servers/tool.ts'

/** A small file system of its own, in memory and mounted: the only kind that a test may freeze. For a process with mounts of its own. */
export interface FrozenDisk extends AsyncDisposable {
  /** Where it is mounted. */
  readonly place: string
  freeze(): Promise<void>
  thaw(): Promise<void>
}

export async function diskOf(megabytes: number): Promise<FrozenDisk> {
  const folder = await mkdtemp('/dev/shm/quiesce-disk-')
  const [image, place] = [join(folder, 'image'), join(folder, 'disk')]
  await writeFile(image, '')
  await truncate(image, megabytes * 1024 * 1024)
  await tool('mkfs.ext4', ['-q', '-F', '-J', 'size=4', image])
  await mkdir(place)
  await tool('mount', ['-o', 'loop', image, place])
  const thaw = async () => void (await execa('fsfreeze', ['--unfreeze', place], { reject: false }))
  return {
    place,
    freeze: async () => void (await tool('fsfreeze', ['--freeze', place])),
    thaw,
    async [Symbol.asyncDispose]() {
      await thaw()
      await tool('umount', ['--lazy', place])
      await rm(folder, { recursive: true })
    },
  }
}
