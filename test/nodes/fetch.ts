import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exists } from '../servers/files.ts'
import { fetchTarball } from '../servers/npm.ts'
import { serversDir } from '../servers/place.ts'
import { tool } from '../servers/tool.ts'
import { openWorkshop, type Workshop } from '../servers/workshop.ts'
import { type NodeMajor, nodeRecipe } from './catalog.ts'

/** The path of a Node.js of this major version, beside the servers; it is fetched if it is not there. */
export async function fetchNode(major: NodeMajor, progress: Workshop['progress']): Promise<string> {
  const folder = join(serversDir(), nodeRecipe(major).tarball)
  const node = join(folder, 'bin/node')
  if (await exists(node)) return node
  await using workshop = await openWorkshop({ root: serversDir(), progress })
  // another process may have made it while we waited for the workshop
  if (!(await exists(node))) await make(major, { folder, workshop })
  return node
}

/** Puts its folder in place, whole or not at all. */
async function make(
  major: NodeMajor,
  { folder, workshop }: { readonly folder: string; readonly workshop: Workshop },
): Promise<void> {
  const { root, stages, progress } = workshop
  const { file } = await fetchTarball({ ...nodeRecipe(major), dir: join(root, '.downloads/npm'), progress })
  const stage = await mkdtemp(join(stages, 'node-'))
  await tool('tar', ['-xzf', file, '-C', stage, '--no-same-owner', '--strip-components=1', 'package/bin'])
  await chmod(stage, 0o755)
  await rm(folder, { recursive: true, force: true })
  await rename(stage, folder)
}
