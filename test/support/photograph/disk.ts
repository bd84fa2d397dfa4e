import { mkdir, rm, truncate, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { tool } from '../../servers/tool.ts'
import { type FileSystem, makeFileSystem } from './mkfs.ts'

/** A file system of its own, loop-mounted from an image: what a virtual machine has as its disk. */
export interface Disk extends AsyncDisposable {
  /** Where it is mounted. */
  readonly place: string
  isFrozen(): Promise<boolean>
  freeze(): Promise<void>
  /** Thaws it, whoever froze it; nothing happens where it is not frozen. */
  thaw(): Promise<void>
  /** Copies the image as it is now, as a hypervisor does; `mount()` makes a disk of the copy. */
  copy(name: string): Promise<Image>
}

/** The bytes of a disk, in a file. */
export interface Image {
  readonly file: string
  /** The file system as it was unmounted, or frozen: what it has to say is not in its journal alone. For ext4. */
  isClean(): Promise<boolean>
  /** Replays the journal, as after a restore. `at`: over what is mounted there, to be found under the old names. */
  mount(at?: string): Promise<Disk>
  /** Nothing happens where it is gone: a disk that was made of it takes it along. */
  remove(): Promise<void>
}

export interface DiskRequest {
  /** Where it is to be mounted; the image is beside it. */
  readonly place: string
  readonly fileSystem?: FileSystem
  /**
   * How the image is copied. `reflink` is of one moment whatever is written meanwhile, and needs a file system below
   * that can do it; `bytes` is of one moment where the disk is frozen.
   */
  readonly copied: 'reflink' | 'bytes'
  /** Its size; the image is sparse. */
  readonly megabytes?: number
}

const usualMegabytes = 768

const copyOptions = { reflink: '--reflink=always', bytes: '--sparse=always' } as const

/** xfs refuses to mount a second file system with the same identity, which a copy has. */
const mountOptions = { ext4: 'loop', xfs: 'loop,nouuid' } as const

/** Makes a disk. */
export async function makeDisk({
  place,
  fileSystem = 'ext4',
  copied,
  megabytes = usualMegabytes,
}: DiskRequest): Promise<Disk> {
  const file = `${place}.img`
  await writeFile(file, '')
  await truncate(file, megabytes * 1024 * 1024)
  await makeFileSystem(fileSystem, file)
  return await imageIn({ file, place, fileSystem, copied }).mount()
}

interface ImageRequest extends Required<Omit<DiskRequest, 'megabytes'>> {
  readonly file: string
}

function imageIn(request: ImageRequest): Image {
  const { file, place, fileSystem } = request
  return { file, isClean, mount, remove: () => rm(file, { force: true }) }

  async function isClean(): Promise<boolean> {
    const { stdout } = await execa('dumpe2fs', ['-h', file])
    const features = /^Filesystem features:\s+(.+)$/m.exec(stdout)?.[1] ?? ''
    return features !== '' && !features.includes('needs_recovery')
  }

  async function mount(at = place): Promise<Disk> {
    await mkdir(at, { recursive: true })
    await tool('mount', ['-t', fileSystem, '-o', mountOptions[fileSystem], file, at])
    return mounted({ ...request, place: at })
  }
}

function mounted(request: ImageRequest): Disk {
  const { file, place, copied } = request
  return { place, isFrozen, freeze, thaw, copy, [Symbol.asyncDispose]: unmount }

  /** Only a frozen one refuses to be frozen because it is busy; one that is not is thawed again at once. */
  async function isFrozen(): Promise<boolean> {
    const { failed, stderr } = await execa('fsfreeze', ['--freeze', place], { reject: false })
    if (!failed) await tool('fsfreeze', ['--unfreeze', place])
    else if (!stderr.includes('busy')) throw new Error(stderr)
    return failed
  }

  async function freeze(): Promise<void> {
    await tool('fsfreeze', ['--freeze', place])
  }

  async function thaw(): Promise<void> {
    await execa('fsfreeze', ['--unfreeze', place], { reject: false })
  }

  async function copy(name: string): Promise<Image> {
    const image = join(dirname(place), `${basename(name)}.img`)
    await tool('cp', [copyOptions[copied], file, image])
    return imageIn({ ...request, file: image, place: join(dirname(place), name) })
  }

  async function unmount(): Promise<void> {
    await thaw()
    await tool('umount', [place])
    await rm(file)
  }
}
