import { execa } from 'execa'
import { fetchPrograms } from '../../agents/fetch.ts'
import { programOf } from '../../agents/program.ts'
import { tool } from '../../servers/tool.ts'

export type FileSystem = 'ext4' | 'xfs'

/** Makes a file system in a file. Every Debian has mkfs.ext4; mkfs.xfs is fetched where the machine has none. */
export async function makeFileSystem(kind: FileSystem, file: string): Promise<void> {
  if (kind === 'ext4') await tool('mkfs.ext4', ['-q', '-F', '-J', 'size=8', file])
  else await mkfsXfs(['-q', '-f', file])
}

async function mkfsXfs(args: readonly string[]): Promise<void> {
  const { failed } = await execa('mkfs.xfs', ['-V'], { reject: false })
  if (!failed) return void (await tool('mkfs.xfs', args))
  await fetchPrograms(['mkfs.xfs'], () => {})
  const [program, ...words] = (await programOf('mkfs.xfs')).command()
  await tool(program, [...words, ...args])
}
