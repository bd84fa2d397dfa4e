import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../core/failure.ts'

/** One package inside the executables and what it asks of those who pass it on. */
export interface Licence {
  readonly name: string
  readonly version: string
  /** What its package.json says: `MIT`. */
  readonly terms: string
  readonly author: string
  /** Its licence and notice files, one after the other; empty where the package has none. */
  readonly text: string
}

/**
 * The folders of the packages that the source files belong to, each once, in order: `node_modules/pino`.
 * A package within a package counts for itself.
 */
export function packagesOf(inside: readonly string[]): string[] {
  const folders = inside.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])
  return [...new Set(folders)].toSorted()
}

/** The licence of the package in this folder. Throws `build-failed` when it names no terms at all. */
export async function licenceOf(folder: string): Promise<Licence> {
  const { name, version, license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const files = (await readdir(folder))
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .toSorted()
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  if (typeof license !== 'string' && texts.length === 0) {
    throw new Failure('build-failed', `${name} ${version} is inside the executables, but names no licence`)
  }
  const text = texts.map((each) => each.replaceAll('\r\n', '\n').trim()).join('\n\n')
  return { name, version, terms: license ?? 'see below', author: nameOf(author), text }
}

/** The text of THIRD-PARTY-LICENSES.txt. */
export function formatLicences(licences: readonly Licence[]): string {
  const opening = 'The executables of mysql-quiesce contain parts of these packages.\n'
  return [opening, ...licences.map(section)].join(`\n${'-'.repeat(80)}\n\n`)
}

function section({ name, version, terms, author, text }: Licence): string {
  const byWhom = author === '' ? '' : `, by ${author}`
  return `${name} ${version} (${terms}${byWhom})\n${text === '' ? '' : `\n${text}\n`}`
}

function nameOf(author: unknown): string {
  if (typeof author === 'string') return author
  return author !== null && typeof author === 'object' && 'name' in author ? String(author.name) : ''
}
