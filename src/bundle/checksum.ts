import { sha256Of } from '../adapters/sha256.ts'

/** A file of the bundle, whole. */
export interface BundleFile {
  readonly name: string
  readonly mode: number
  readonly content: string | Uint8Array
}

/** The text of SHA256SUMS: what `sha256sum -c` reads, in the order of names. */
export function checksumsOf(files: readonly BundleFile[]): string {
  return files
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, content }) => `${sha256Of(content)}  ${name}\n`)
    .join('')
}
