import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { companions, executables, shippedFor } from '../../src/bundle/artifacts.ts'
import { checksumsOf } from '../../src/bundle/checksum.ts'
import { platforms } from '../../src/platforms/all.ts'
import type { Platform } from '../../src/platforms/platform.ts'

/** A bundle with all its files, each of one line, in this folder: what install asks of one, without compiling anything. */
export function smallBundle(
  folder: string,
  version: string,
  chosen: readonly Platform[] = platforms,
): string {
  const listed = companions.filter(({ checksum }) => checksum === 'listed')
  const files = [...executables, ...listed, ...shippedFor(chosen)].map(({ name, mode }) => ({
    name,
    mode,
    content: mode === 0o755 ? `#!/bin/sh\necho "${name} ${version} $*"\n` : `${name} ${version}\n`,
  }))
  const all = [...files, { name: 'SHA256SUMS', mode: 0o644, content: checksumsOf(files) }]
  for (const { name, mode, content } of all) {
    mkdirSync(join(folder, dirname(name)), { recursive: true })
    writeFileSync(join(folder, name), content)
    chmodSync(join(folder, name), mode)
  }
  return folder
}
