import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { stat } from 'node:fs/promises'
import { execa } from 'execa'
import type { FileSystem } from '../../src/core/disk/disk-evidence.ts'

/** A file system in a file below a folder in memory, mounted beside it: only in a mount namespace of one's own. */
export interface LoopDisk extends FileSystem, AsyncDisposable {}

export async function loopDisk(folder: string, name: string, type = 'ext4'): Promise<LoopDisk> {
  const [image, path] = [`${folder}/${name}.img`, `${folder}/${name}`]
  await mkdir(path)
  await writeFile(image, '')
  await truncate(image, 320 * 1024 * 1024)
  await execa(`mkfs.${type}`, ['-q', image])
  await execa('mount', ['-o', 'loop', image, path])
  const { dev: device } = await stat(path)
  return {
    device,
    path,
    name: path,
    type,
    [Symbol.asyncDispose]: async () => void (await execa('umount', ['-l', path])),
  }
}
