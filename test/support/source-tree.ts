import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withDir } from 'tmp-promise'
import { executables } from '../../src/bundle/artifacts.ts'

/** The source tree that these tests are part of. */
export const ownSource = join(import.meta.dirname, '../..')

/** What every program of the small tree does: it tells the facts of its bundle. */
const program = `import { stateDir, version } from '../adapters/bundle-facts.ts'
console.log(JSON.stringify({ stateDir, version }))
`

/** A small source tree: templates and generator files are our own, the programs are what `files` says. */
export async function withSourceTree(
  files: Readonly<Record<string, string>>,
  use: (root: string, parent: string) => Promise<void>,
): Promise<void> {
  await withDir(({ path }) => useIn(path), { unsafeCleanup: true })

  async function useIn(parent: string): Promise<void> {
    const root = join(parent, 'source')
    const shared = [
      'templates',
      'LICENSE',
      'package.json',
      'tsconfig.json',
      'src/bundle',
      'src/core/failure.ts',
    ]
    for (const path of [...shared, 'src/adapters/bundle-facts.ts']) {
      cpSync(join(ownSource, path), join(root, path), { recursive: true })
    }
    const programs = Object.fromEntries(executables.map(({ entry }) => [entry, program]))
    writeTree(root, { ...programs, ...files })
    await use(root, parent)
  }
}

/** Writes each file below the folder, with the folders it is in. */
export function writeTree(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
