import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Failure } from '../core/failure.ts'

/** What the generator takes from the source tree as it is. */
export interface Source {
  readonly version: string
  readonly licence: string
  /** templates/launcher/, by file name. */
  readonly launchers: Readonly<Record<string, string>>
  /** templates/bundle/, by file name. */
  readonly texts: Readonly<Record<string, string>>
  /** templates/platforms/ and templates/system/, by path below templates/. */
  readonly shipped: Readonly<Record<string, string>>
}

/** Reads the source tree. Throws `not-a-source-tree` where there is none. */
export async function readSource(root: string): Promise<Source> {
  try {
    const [manifest, licence, launchers, texts, platforms, system] = await Promise.all([
      readFile(join(root, 'package.json'), 'utf8'),
      readFile(join(root, 'LICENSE'), 'utf8'),
      textsIn(root, 'templates/launcher'),
      textsIn(root, 'templates/bundle'),
      textsIn(root, 'templates/platforms'),
      textsIn(root, 'templates/system'),
    ])
    const shipped = { ...below('platforms', platforms), ...below('system', system) }
    return { version: JSON.parse(manifest).version, licence, launchers, texts, shipped }
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('not-a-source-tree', `${root} is not the source: ${reasonOf(cause)}`, { cause })
  }
}

/** Every file below the folder, by its path there. */
async function textsIn(root: string, folder: string): Promise<Record<string, string>> {
  const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(paths.map((path) => readTemplate(path, relative(root, path))))
  return Object.fromEntries(
    paths.map((path, index) => [relative(join(root, folder), path), texts[index] ?? '']),
  )
}

/** sh takes a carriage return for a part of the last word of its line. */
async function readTemplate(path: string, name: string): Promise<string> {
  const text = await readFile(path, 'utf8')
  const line = text.split('\n').findIndex((each) => each.includes('\r'))
  if (line !== -1) throw new Failure('build-failed', `${name}:${line + 1} has a carriage return`)
  return text
}

function below(folder: string, texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([path, text]) => [`${folder}/${path}`, text]))
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
