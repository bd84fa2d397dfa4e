import { join } from 'node:path'
import type { TargetSystem } from './target.ts'
import { textOf } from './thing.ts'

/**
 * Where the runs of what is installed meet, which may be another place than where those of the new bundle will: as the
 * manifest says, or where it says nothing, as the installed bundle has it made at boot.
 */
export function stateDirsOf({
  manifest,
  prefix,
  look,
}: Pick<TargetSystem, 'manifest' | 'prefix' | 'look'>): readonly string[] {
  return manifest?.stateDirs ?? madeAtBoot(textOf(look(join(prefix, 'current/system/tmpfiles.conf'))))
}

/** The directories of a tmpfiles.d(5), in quotes where they have to be, with % doubled. */
function madeAtBoot(text: string): string[] {
  return [...text.matchAll(/^d\s+(?:"((?:[^"\\]|\\.)*)"|(\S+))/gm)].map(([, quoted, plain]) =>
    (quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '').replaceAll('%%', '%'),
  )
}
