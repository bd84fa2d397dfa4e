import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Lab } from './lab.ts'
import type { ScriptName } from './scripts.ts'

/** A file whose being there a preloaded module acts on: see the first line of each in preload/. */
export interface Trigger extends Disposable {
  readonly file: string
  set(): void
  clear(): void
}

/** Has Node load preload/NAME.cjs in one script of this lab, in whatever is started from now until it is disposed of. */
export function interfere(
  lab: Lab,
  { how, script }: { readonly how: string; readonly script: ScriptName },
): Trigger {
  const file = join(lab.folder, `trigger-${how}`)
  // Enough for each of the scripts, and soon used up.
  const memory = how === 'out-of-memory' ? '--max-old-space-size=64 ' : ''
  lab.env['NODE_OPTIONS'] = `${memory}--require="${resolve(import.meta.dirname, 'preload', `${how}.cjs`)}"`
  lab.env['QUIESCE_TEST_IN'] = script
  lab.env['QUIESCE_TEST_FILE'] = file
  return {
    file,
    set: () => writeFileSync(file, ''),
    clear: () => rmSync(file, { force: true }),
    [Symbol.dispose]() {
      for (const name of ['NODE_OPTIONS', 'QUIESCE_TEST_IN', 'QUIESCE_TEST_FILE']) delete lab.env[name]
    },
  }
}
