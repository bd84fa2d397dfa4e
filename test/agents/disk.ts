import { mkdir, rm, truncate, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { tool } from '../servers/tool.ts'

/** An ext4 file system of its own in an image: the only one that an agent may freeze. */
export interface Disk extends AsyncDisposable {
  /** Where it is mounted. */
  readonly place: string
  isFrozen(): Promise<boolean>
  /** Thaws it, whoever froze it; nothing happens where it is not frozen. */
  thaw(): Promise<void>
  /** Copies the image as it is now, as a hypervisor does; `mount()` makes a disk of the copy. */
  copy(name: string): Promise<Image>
}

/** The bytes of a disk, in a file. */
export interface Image {
  readonly file: string
  /** The file system as it was unmounted, or frozen: what it has to say is not in its journal alone. */
  isClean(): Promise<boolean>
  mount(): Promise<Disk>
}

/** Makes a disk at this path, which has to be one in memory. */
export async function makeDisk(place: string): Promise<Disk> {
  const file = `${place}.img`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, '')
  await truncate(file, 768 * 1024 * 1024)
  await tool('mkfs.ext4', ['-q', '-F', file])
  return await imageIn(file, place).mount()
}

/** A disk that is mounted where nobody can open it: another mount lies over the folder above. */
export async function hiddenDisk(folder: string): Promise<AsyncDisposable> {
  const above = join(folder, 'above')
  const disk = await makeDisk(join(above, 'hidden'))
  await tool('mount', ['-t', 'tmpfs', 'cover', above])
  return {
    async [Symbol.asyncDispose]() {
      await tool('umount', [above])
      await disk[Symbol.asyncDispose]()
    },
  }
}

function imageIn(file: string, place: string): Image {
  return { file, isClean, mount }

  async function isClean(): Promise<boolean> {
    const { stdout } = await execa('dumpe2fs', ['-h', file])
    const features = /^Filesystem features:\s+(.+)$/m.exec(stdout)?.[1] ?? ''
    return features !== '' && !features.includes('needs_recovery')
  }

  async function mount(): Promise<Disk> {
    await mkdir(place, { recursive: true })
    await tool('mount', ['-o', 'loop', file, place])
    return mounted(file, place)
  }
}

function mounted(file: string, place: string): Disk {
  return { place, isFrozen, thaw, copy, [Symbol.asyncDispose]: unmount }

  /** Only a frozen one refuses to be frozen because it is busy; one that is not is thawed again at once. */
  async function isFrozen(): Promise<boolean> {
    const { failed, stderr } = await execa('fsfreeze', ['--freeze', place], { reject: false })
    if (!failed) await tool('fsfreeze', ['--unfreeze', place])
    else if (!stderr.includes('busy')) throw new Error(stderr)
    return failed
  }

  async function thaw(): Promise<void> {
    await execa('fsfreeze', ['--unfreeze', place], { reject: false })
  }

  async function copy(name: string): Promise<Image> {
    const image = join(dirname(place), `${basename(name)}.img`)
    await tool('cp', ['--sparse=always', file, image])
    return imageIn(image, join(dirname(place), name))
  }

  async function unmount(): Promise<void> {
    await thaw()
    await tool('umount', [place])
    await rm(file)
  }
}
