import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../core/failure.ts'

/** What the generator takes from the source tree as it is. */
export interface Source {
  readonly version: string
  readonly licence: string
  /** templates/launcher/, by file name. */
  readonly launchers: Readonly<Record<string, string>>
  /** templates/bundle/, by file name. */
  readonly texts: Readonly<Record<string, string>>
}

/** Reads the source tree. Throws `not-a-source-tree` where there is none. */
export async function readSource(root: string): Promise<Source> {
  try {
    const [manifest, licence, launchers, texts] = await Promise.all([
      readFile(join(root, 'package.json'), 'utf8'),
      readFile(join(root, 'LICENSE'), 'utf8'),
      textsIn(join(root, 'templates/launcher')),
      textsIn(join(root, 'templates/bundle')),
    ])
    return { version: JSON.parse(manifest).version, licence, launchers, texts }
  } catch (cause) {
    throw new Failure('not-a-source-tree', `${root} is not the source: ${reasonOf(cause)}`, { cause })
  }
}

async function textsIn(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder)
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']))
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
