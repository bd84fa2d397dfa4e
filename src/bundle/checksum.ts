import { createHash } from 'node:crypto'

/** A file of the bundle, whole. */
export interface BundleFile {
  readonly name: string
  readonly mode: number
  readonly content: string
}

/** SHA-256 in hexadecimal, as sha256sum prints it. */
export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The text of SHA256SUMS: what `sha256sum -c` reads, in the order of names. */
export function checksumsOf(files: readonly BundleFile[]): string {
  return files
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, content }) => `${sha256(content)}  ${name}\n`)
    .join('')
}
