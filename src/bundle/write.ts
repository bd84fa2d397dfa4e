import { chmod, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { dir } from 'tmp-promise'
import type { BundleFile } from './checksum.ts'
import { look, placeOf, refuseUnlessOurs } from './place.ts'
import { apply, planRecovery, planSwap, type Step, stagePrefix } from './swap.ts'

export interface WriteOptions {
  /** Sees each step before it is done. */
  readonly before?: (step: Step) => void
}

/**
 * Puts the files into the folder `out`, all of them or none: they are staged beside it and renamed into place.
 * A build that was killed before is put in order first. Returns the real path; throws `not-a-bundle`.
 */
export async function write(
  files: readonly BundleFile[],
  out: string,
  options: WriteOptions = {},
): Promise<string> {
  const place = await placeOf(out)
  await apply(planRecovery(place, await look(place)))
  await refuseUnlessOurs(place)
  const staged = await stage(files, place)
  try {
    await apply(planSwap(place, staged, await look(place)), options.before)
  } catch (error) {
    await apply(planRecovery(place, await look(place)))
    throw error
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
  return place
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
