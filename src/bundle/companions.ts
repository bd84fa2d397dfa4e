import { join } from 'node:path'
import { type CompanionName, companions, executables } from './artifacts.ts'
import { type BundleFile, checksumsOf } from './checksum.ts'
import { formatLicences, licenceOf, packagesOf } from './licences.ts'
import { render } from './render.ts'
import type { Source } from './source.ts'

export interface CompanionOrder {
  readonly root: string
  readonly source: Source
  /** The source files inside the executables, relative to the root. */
  readonly inside: readonly string[]
  readonly programs: readonly BundleFile[]
}

/** The files that lie beside the executables, in the order of the table. */
export async function companionsOf({
  root,
  source,
  inside,
  programs,
}: CompanionOrder): Promise<BundleFile[]> {
  const texts = {
    'package.json': `${JSON.stringify({ type: 'commonjs' }, null, 2)}\n`,
    'README.md': readmeOf(source),
    LICENSE: source.licence,
    'THIRD-PARTY-LICENSES.txt': await licencesOf(root, inside),
    'node-path': `${process.execPath}\n`,
  }
  const listed = filesOf({ ...texts, SHA256SUMS: '' }).filter(({ name }) => checksumOf(name) === 'listed')
  return filesOf({ ...texts, SHA256SUMS: checksumsOf([...programs, ...listed]) })
}

function filesOf(texts: Readonly<Record<CompanionName, string>>): BundleFile[] {
  return companions.map(({ name, mode }) => ({ name, mode, content: texts[name] }))
}

function checksumOf(file: string) {
  return companions.find(({ name }) => name === file)?.checksum
}

function readmeOf({ texts }: Source): string {
  const rows = [...executables, ...companions].map(({ name, why }) => [`\`${name}\``, why] as const)
  const files = tableOf([['file', 'what it is'], ...rows])
  return render({ name: 'templates/bundle/README.md', text: texts['README.md'] ?? '' }, { files })
}

async function licencesOf(root: string, inside: readonly string[]): Promise<string> {
  return formatLicences(await Promise.all(packagesOf(inside).map((folder) => licenceOf(join(root, folder)))))
}

/** Two columns of Markdown, the first row is the heading; padded as the formatter of the project pads them. */
function tableOf(rows: readonly (readonly [string, string])[]): string {
  const [left, right] = [Math.max(...rows.map(([a]) => a.length)), Math.max(...rows.map(([, b]) => b.length))]
  const lines = rows.map(([a, b]) => `| ${a.padEnd(left)} | ${b.padEnd(right)} |`)
  return lines.toSpliced(1, 0, `| ${'-'.repeat(left)} | ${'-'.repeat(right)} |`).join('\n')
}
