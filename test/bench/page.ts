import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { machine } from './circumstances.ts'
import { asMarkdown, type Grid } from './grid.ts'

export interface SectionRequest {
  /** The folder of performance.md. */
  readonly into: string
  /** Which part of the bench: what its section is called in the page. */
  readonly name: string
  /** What was typed after `npm run bench --`. */
  readonly args: readonly string[]
  readonly grids: readonly Grid[]
}

/** Puts what was measured into its section of performance.md, and leaves the others alone. */
export async function writeSection({ into, name, args, grids }: SectionRequest): Promise<void> {
  const file = join(into, 'performance.md')
  await mkdir(into, { recursive: true })
  const page = await readFile(file, 'utf8').catch(() => '')
  const seen = `\`npm run bench -- ${args.join(' ')}\`, ${machine()}, ${new Date().toISOString().slice(0, 10)}.`
  await writeFile(file, withSection(page, { name, text: [seen, ...grids.map(asMarkdown)].join('\n\n') }))
}

/** The page with this text between the marks of a section; at its end where it has none. */
export function withSection(
  page: string,
  { name, text }: { readonly name: string; readonly text: string },
): string {
  const [begin, end] = [`<!-- bench: ${name} -->`, `<!-- end of ${name} -->`]
  const section = `${begin}\n\n${text}\n\n${end}`
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) return `${page}${page === '' ? '' : '\n'}${section}\n`
  return `${page.slice(0, from)}${section}${page.slice(to + end.length)}`
}
