import { readdir, readFile, readlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Dirent } from 'node:fs'
import type { MountView } from './mount-view.ts'

/**
 * Paths that the data directory leads to, as the server sees them: each database folder, which may be a link or a mount point, and
 * in each the targets of links (MyISAM's and Aria's DATA DIRECTORY, symbolic links of partitions) and what an .isl file names
 * (InnoDB's DATA DIRECTORY before MySQL 8.0, and on MariaDB). Two levels, as servers make them.
 */
export async function filesElsewhere(view: MountView, dataDir: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const entry of await entriesOf(view, dataDir)) {
    const path = join(dataDir, entry.name)
    found.push(...(await leadsTo(view, path, entry)))
    if (entry.isDirectory() || entry.isSymbolicLink()) found.push(path)
    if (!entry.isDirectory() && !entry.isSymbolicLink()) continue
    for (const inner of await entriesOf(view, path))
      found.push(...(await leadsTo(view, join(path, inner.name), inner)))
  }
  return found
}

/** What is no folder, or not for us to see, has none. */
async function entriesOf(view: MountView, folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(await view.resolve(folder), { withFileTypes: true })
  } catch {
    return []
  }
}

async function leadsTo(view: MountView, path: string, entry: Dirent): Promise<readonly string[]> {
  if (entry.isSymbolicLink()) {
    const folder = dirname(path)
    const target = await readlink(join(await view.resolve(folder), entry.name))
    return [target.startsWith('/') ? target : join(folder, target)]
  }
  if (!entry.name.endsWith('.isl')) return []
  return [(await readFile(await view.resolve(path), 'utf8')).trim()]
}
