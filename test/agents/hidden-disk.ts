import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { tool } from '../servers/tool.ts'
import { makeDisk } from '../support/photograph/disk.ts'

/** A disk that is mounted where nobody can open it: another mount lies over the folder above. */
export async function hiddenDisk(folder: string): Promise<AsyncDisposable> {
  const above = join(folder, 'above')
  await mkdir(above, { recursive: true })
  const disk = await makeDisk({ place: join(above, 'hidden'), copied: 'bytes' })
  await tool('mount', ['-t', 'tmpfs', 'cover', above])
  return {
    async [Symbol.asyncDispose]() {
      await tool('umount', [above])
      await disk[Symbol.asyncDispose]()
    },
  }
}
