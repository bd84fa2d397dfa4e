import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../adapters/errno.ts'
import { sha256Of } from '../adapters/sha256.ts'
import { companions } from './artifacts.ts'
import type { BundleFile } from './checksum.ts'

/** One file in which a folder is not the bundle that this build makes. */
export interface Difference {
  readonly name: string
  readonly is: 'missing' | 'different' | 'of another mode' | 'not of this bundle'
}

/** In which files the folder differs from these; what is true on one machine only is not compared. Changes nothing. */
export async function differences(files: readonly BundleFile[], folder: string): Promise<Difference[]> {
  const compared = files.filter(({ name }) => name === 'SHA256SUMS' || !isOfOneMachine(name))
  const judged = await Promise.all(compared.map((file) => judge(file, folder)))
  const strangers = (await filesIn(folder)).filter((name) => !files.some((file) => file.name === name))
  const told = [
    ...judged.flatMap(({ name, is }) => (is === 'same' ? [] : [{ name, is }])),
    ...strangers.map((name) => ({ name, is: 'not of this bundle' }) as const),
  ]
  return told.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function isOfOneMachine(file: string): boolean {
  return companions.some(({ name, checksum }) => name === file && checksum === 'not-listed')
}

async function judge({ name, mode, content }: BundleFile, folder: string) {
  const path = join(folder, name)
  try {
    const seen = await lstat(path)
    if (!seen.isFile() || sha256Of(await readFile(path)) !== sha256Of(content))
      return { name, is: 'different' } as const
    return { name, is: (seen.mode & 0o7777) === mode ? 'same' : 'of another mode' } as const
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return { name, is: 'missing' } as const
    throw error
  }
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((each) => !each.isDirectory())
      .map((each) => join(each.parentPath, each.name))
    return paths.map((path) => path.slice(folder.length + 1))
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return []
    throw error
  }
}
