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
  lab: Pick<Lab, 'env' | 'folder'>,
  { how, script }: { readonly how: string; readonly script: ScriptName },
): Trigger {
  const file = join(lab.folder, `trigger-${how}`)
  const variable = `QUIESCE_TEST_${how.toUpperCase().replaceAll('-', '_')}`
  const before = lab.env['NODE_OPTIONS'] ?? ''
  // Enough for each of the scripts, and soon used up.
  const memory = how === 'out-of-memory' ? '--max-old-space-size=64 ' : ''
  const required = resolve(import.meta.dirname, 'preload', `${how}.cjs`)
  lab.env['NODE_OPTIONS'] = `${before} ${memory}--require="${required}"`
  lab.env[`${variable}_IN`] = script
  lab.env[`${variable}_FILE`] = file
  return {
    file,
    set: () => writeFileSync(file, ''),
    clear: () => rmSync(file, { force: true }),
    [Symbol.dispose]() {
      lab.env['NODE_OPTIONS'] = before
      for (const part of ['IN', 'FILE']) delete lab.env[`${variable}_${part}`]
    },
  }
}
