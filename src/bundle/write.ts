import { chmod, rm, writeFile } from 'node:fs/promises'
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
async function replace(place: string, staged: string, { before }: WriteOptions): Promise<void> {
  try {
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
    await Promise.all(files.map((file) => writeWhole(path, file)))
    await chmod(path, 0o755)
    return path
  } catch (error) {
    await rm(path, { recursive: true, force: true })
    throw error
  }
}

/** On disk before the rename: after a power cut an empty executable would be a script that succeeds. */
async function writeWhole(folder: string, { name, mode, content }: BundleFile): Promise<void> {
  await writeFile(join(folder, name), content, { flush: true })
  await chmod(join(folder, name), mode)
}
