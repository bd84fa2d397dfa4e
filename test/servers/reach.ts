import { chmod, lstat, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, sep } from 'node:path'
import type { Account } from './account.ts'
import { exists } from './files.ts'
import { tool } from './tool.ts'

export interface ReachRequest {
  readonly folder: string
  /** Names the copy, where there has to be one. */
  readonly key: string
  readonly account: Account
}

/**
 * A server folder that the account can reach: the folder itself, or, where that is behind a closed door as
 * /root is, a copy of it in the folder for temporary files. The copy stays, for the next start.
 */
export async function reachableServer({ folder, key, account }: ReachRequest): Promise<string> {
  if (await canEnter(folder, account)) return folder
  const copies = await ownFolder(join(tmpdir(), 'mysql-quiesce-servers'))
  const copy = join(copies, key)
  if (!(await exists(copy))) await copyWhole(folder, copy)
  // whatever cleans up temporary files may have taken some of it since
  await tool('cp', ['-au', `${folder}/.`, copy])
  return copy
}

/** Lets an account through to a data directory: opens our own temporary folders above it, and no others. */
export async function openWay(dir: string, account: Account): Promise<void> {
  if (account.ids.uid === undefined) return
  for (const folder of ancestors(dir)) {
    const { mode, uid } = await stat(folder)
    if (mode & 0o001) continue
    if (!folder.startsWith(tmpdir() + sep) || uid !== process.getuid?.()) {
      throw new Error(`${account.name} cannot get into ${folder}, where the data directory ${dir} is to be`)
    }
    await chmod(folder, (mode & 0o7777) | 0o001)
  }
}

/** Puts a copy of a folder in place whole, or not at all; another process may do the same meanwhile. */
export async function copyWhole(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  const stage = await mkdtemp(join(dirname(to), '.copy-'))
  try {
    const inside = join(stage, basename(to))
    await tool('cp', ['-a', '--reflink=auto', from, inside])
    await rename(inside, to).catch(async (error: unknown) => {
      if (!(await exists(to))) throw error
    })
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

async function canEnter(folder: string, { ids }: Account): Promise<boolean> {
  if (ids.uid === undefined) return true
  return await tool('test', ['-x', folder], ids).then(
    () => true,
    () => false,
  )
}

/** A folder at a known name, which nobody else can have put there or can write to. */
async function ownFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const { mode, uid } = await lstat(folder)
  const isOurs = uid === process.getuid?.() && (mode & 0o170022) === 0o040000
  if (!isOurs) throw new Error(`${folder} is not a folder of ours that others cannot write to`)
  await chmod(folder, 0o755)
  return folder
}

function ancestors(dir: string): string[] {
  const parent = dirname(dir)
  return parent === dir ? [dir] : [...ancestors(parent), dir]
}
