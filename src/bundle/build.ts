import { join, resolve } from 'node:path'
import { sha256Of } from '../adapters/sha256.ts'
import { platforms as all } from '../platforms/all.ts'
import type { Platform } from '../platforms/platform.ts'
import { archive, refuseUnwritable } from './archive.ts'
import { executables } from './artifacts.ts'
import type { BundleFile } from './checksum.ts'
import { companionsOf } from './companions.ts'
import { type Difference, differences } from './compare.ts'
import { type Compiled, compile } from './compile.ts'
import { launcherOf } from './launcher.ts'
import { nodeBinary, startsAlone } from './node-binary.ts'
import { refuseUnused } from './shipped.ts'
import { readSource, type Source } from './source.ts'
import { write } from './write.ts'

export interface BuildOrder {
  /** The source tree; the one this file is in unless told otherwise. */
  readonly root?: string | undefined
  /** The folder that becomes the bundle; dist-scripts of the source tree unless told otherwise. */
  readonly out?: string | undefined
  readonly stateDir: string
  /** Those whose files are in it; all of them unless told otherwise. */
  readonly platforms?: readonly Platform[]
  /** `inside`: the Node.js that runs this build becomes a part of the bundle. */
  readonly node?: 'inside' | 'outside'
  /** A .tar.gz of the bundle to be made. */
  readonly archive?: string | undefined
}

export interface Bundle {
  /** The real path of the folder. */
  readonly out: string
  readonly version: string
  readonly stateDir: string
  /** In the order of the tables in artifacts.ts; sizes in bytes. */
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[]
  /** Where the archive is. */
  readonly archive?: string
}

/** Compiles the source and puts the bundle into its place, whole or not at all. The same source gives the same bytes. */
export async function build(order: BuildOrder): Promise<Bundle> {
  const { stateDir, node } = order
  if (order.archive !== undefined) refuseUnwritable(order.archive)
  const { files, version } = await made(order)
  const place = await write(files, placeOf(order), node === 'inside' ? { trial: startsAlone } : {})
  const bundle = { out: place, version, stateDir, files: files.map(summaryOf) }
  if (order.archive === undefined) return bundle
  return { ...bundle, archive: await archive(place, { file: order.archive, version }) }
}

/** Compiles the source and says in which files the folder is not what it makes. Changes nothing. */
export async function check(order: BuildOrder): Promise<readonly Difference[]> {
  const { files } = await made(order)
  return differences(files, resolve(placeOf(order)))
}

const sourceTree = join(import.meta.dirname, '../..')

function placeOf({ root = sourceTree, out }: BuildOrder): string {
  return out ?? join(root, 'dist-scripts')
}

async function made({ stateDir, platforms = all, node, root = sourceTree }: BuildOrder) {
  const source = await readSource(root)
  refuseUnused(source)
  const { version } = source
  const compiled = await compile({ root, executables, version, stateDir })
  const programs = withLaunchers(compiled, source, stateDir)
  const companions = await companionsOf({
    root,
    source,
    programs,
    platforms,
    stateDir,
    inside: compiled.inside,
    node: node === 'inside' ? await nodeBinary() : null,
  })
  return { files: [...programs, ...companions], version }
}

function withLaunchers({ programs }: Compiled, source: Source, stateDir: string): BundleFile[] {
  const filling = { templates: source.launchers, version: source.version, stateDir }
  return executables.map((executable) => ({
    name: executable.name,
    mode: executable.mode,
    content: `${launcherOf(executable, filling)}${programs.get(executable.name)}`,
  }))
}

function summaryOf({ name, content }: BundleFile) {
  return { name, size: Buffer.byteLength(content), sha256: sha256Of(content) }
}
