import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { dir } from 'tmp-promise'
import { systemMessage } from '../adapters/errno.ts'
import { Failure } from '../core/failure.ts'
import type { BundleFile } from './checksum.ts'
import { look, placeOf, refuseUnlessOurs } from './place.ts'
import { apply, planRecovery, planSwap, type Step, stagePrefix } from './swap.ts'

export interface WriteOptions {
  /** Sees each step before it is done. */
  readonly before?: (step: Step) => void
  /** Tries the bundle while it is whole and not yet in its place; what it throws leaves the place as it was. */
  readonly trial?: (folder: string) => Promise<void>
}

/**
 * Puts the files into the folder `out`, all of them or none: they are staged beside it and renamed into place.
 * A build that was killed before is put in order first. Returns the real path; throws `not-a-bundle`, `build-failed`.
 */
export async function write(
  files: readonly BundleFile[],
  out: string,
  options: WriteOptions = {},
): Promise<string> {
  try {
    const place = await placeOf(out)
    await apply(planRecovery(place, await look(place)))
    await refuseUnlessOurs(place)
    await replace(place, await stage(files, place), options)
    return place
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('build-failed', `${out} cannot be written: ${systemMessage(cause)}`, { cause })
  }
}

/** The staged folder in the place of the bundle, or everything as it was. */
async function replace(place: string, staged: string, { before, trial }: WriteOptions): Promise<void> {
  try {
    await trial?.(staged)
    await apply(planSwap(place, staged, await look(place)), before)
  } catch (error) {
    await apply(planRecovery(place, await look(place)))
    throw error
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
}

/** The files in a new folder on the file system of the place, as they will be. */
async function stage(files: readonly BundleFile[], place: string): Promise<string> {
  const { path } = await dir({ tmpdir: dirname(place), prefix: stagePrefix(place) })
  try {
    for (const folder of ['.', ...foldersOf(files)]) await makeFolder(join(path, folder))
    await Promise.all(files.map((file) => writeWhole(path, file)))
    return path
  } catch (error) {
    await rm(path, { recursive: true, force: true })
    throw error
  }
}

/** The folders that the files are in, outer ones first. */
function foldersOf(files: readonly BundleFile[]): string[] {
  const parts = files.map(({ name }) => name.split('/').slice(0, -1))
  return [
    ...new Set(parts.flatMap((part) => part.map((_, index) => part.slice(0, index + 1).join('/')))),
  ].toSorted()
}

/** Whatever the umask: everyone may enter. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await chmod(path, 0o755)
}

/** On disk before the rename: after a power cut an empty executable would be a script that succeeds. */
async function writeWhole(folder: string, { name, mode, content }: BundleFile): Promise<void> {
  await writeFile(join(folder, name), content, { flush: true })
  await chmod(join(folder, name), mode)
}
