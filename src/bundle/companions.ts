import { join } from 'node:path'
import { markdownTable } from '../core/markdown-table.ts'
import { exampleOptionFile } from '../core/settings-text.ts'
import type { Platform, Shipped } from '../platforms/platform.ts'
import {
  type Companion,
  type CompanionName,
  companions,
  executables,
  nodeFiles,
  shippedFor,
} from './artifacts.ts'
import { type BundleFile, checksumsOf } from './checksum.ts'
import { formatLicences, licenceOf, packagesOf } from './licences.ts'
import type { NodeBinary } from './node-binary.ts'
import { render } from './render.ts'
import { shippedFile } from './shipped.ts'
import type { Source } from './source.ts'

export interface CompanionOrder {
  readonly root: string
  readonly source: Source
  /** The source files inside the executables, relative to the root. */
  readonly inside: readonly string[]
  readonly programs: readonly BundleFile[]
  readonly platforms: readonly Platform[]
  readonly stateDir: string
  readonly node: NodeBinary | null
}

/** The files that lie beside the executables, in the order of the tables. */
export async function companionsOf(order: CompanionOrder): Promise<BundleFile[]> {
  const { root, source, inside, programs, platforms, stateDir, node } = order
  const shipped = shippedFor(platforms)
  const texts = {
    'package.json': `${JSON.stringify({ type: 'commonjs' }, null, 2)}\n`,
    'README.md': readmeOf(source, shipped, node === null ? [] : nodeFiles),
    'mysql-quiesce.cnf.example': exampleOptionFile(),
    LICENSE: source.licence,
    'THIRD-PARTY-LICENSES.txt': await licencesOf(root, inside),
    'node-path': `${process.execPath}\n`,
  }
  const more = [...shipped.map((file) => shippedFile(file, source, stateDir)), ...filesOfNode(node)]
  const listed = filesOf({ ...texts, SHA256SUMS: '' }).filter(({ name }) => checksumOf(name) === 'listed')
  return [...filesOf({ ...texts, SHA256SUMS: checksumsOf([...programs, ...listed, ...more]) }), ...more]
}

function filesOf(texts: Readonly<Record<CompanionName, string>>): BundleFile[] {
  return companions.map(({ name, mode }) => ({ name, mode, content: texts[name] }))
}

function filesOfNode(node: NodeBinary | null): BundleFile[] {
  if (node === null) return []
  const contents = { node: node.program, 'LICENSE.node': node.licence }
  return nodeFiles.map(({ name, mode }) => ({ name, mode, content: contents[name] }))
}

function checksumOf(file: string) {
  return companions.find(({ name }) => name === file)?.checksum
}

function readmeOf({ texts }: Source, shipped: readonly Shipped[], more: readonly Companion[]): string {
  const all = [...executables, ...shipped, ...more, ...companions]
  const rows = all.map(({ name, why }) => [`\`${name}\``, why] as const)
  const files = markdownTable([['file', 'what it is'], ...rows])
  return render({ name: 'templates/bundle/README.md', text: texts['README.md'] ?? '' }, { files })
}

async function licencesOf(root: string, inside: readonly string[]): Promise<string> {
  return formatLicences(await Promise.all(packagesOf(inside).map((folder) => licenceOf(join(root, folder)))))
}
