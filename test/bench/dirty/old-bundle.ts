import { mkdir, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { tool } from '../../servers/tool.ts'

/** The last commit that left all writing to FIFREEZE. */
export const withoutSync = '70ccba9'

/** Builds the executables of a commit in an empty folder; where git does not have it, undefined. */
export async function bundleOf(commit: string, folder: string): Promise<string | undefined> {
  const { failed } = await execa('git', ['cat-file', '-e', `${commit}^{commit}`], { reject: false })
  if (failed) return undefined
  const archive = join(folder, 'source.tar')
  await mkdir(folder, { recursive: true })
  await tool('git', ['archive', `--output=${archive}`, commit])
  await tool('tar', ['-xf', archive, '-C', folder])
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))
  await tool(process.execPath, ['--import', 'tsx', 'src/bin/mysql-quiesce.ts', 'build'], { cwd: folder })
  return join(folder, 'dist-scripts')
}
