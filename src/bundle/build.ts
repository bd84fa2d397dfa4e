import { join } from 'node:path'
import { executables } from './artifacts.ts'
import { type BundleFile, sha256 } from './checksum.ts'
import { companionsOf } from './companions.ts'
import { type Compiled, compile } from './compile.ts'
import { launcherOf } from './launcher.ts'
import { readSource, type Source } from './source.ts'
import { write } from './write.ts'

export interface BuildOrder {
  /** The source tree; the one this file is in unless told otherwise. */
  readonly root?: string | undefined
  /** The folder that becomes the bundle; dist-scripts of the source tree unless told otherwise. */
  readonly out?: string | undefined
  readonly stateDir: string
}

export interface Bundle {
  /** The real path of the folder. */
  readonly out: string
  readonly version: string
  readonly stateDir: string
  /** In the order of the tables in artifacts.ts; sizes in bytes. */
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[]
}

/** Compiles the source and puts the bundle into its place, whole or not at all. The same source gives the same bytes. */
export async function build({ stateDir, root = sourceTree, out }: BuildOrder): Promise<Bundle> {
  const source = await readSource(root)
  const compiled = await compile({ root, executables, version: source.version, stateDir })
  const programs = withLaunchers(compiled, source, stateDir)
  const companions = await companionsOf({ root, source, inside: compiled.inside, programs })
  const files = [...programs, ...companions]
  const place = await write(files, out ?? join(root, 'dist-scripts'))
  return { out: place, version: source.version, stateDir, files: files.map(summaryOf) }
}

const sourceTree = join(import.meta.dirname, '../..')

function withLaunchers({ programs }: Compiled, source: Source, stateDir: string): BundleFile[] {
  const filling = { templates: source.launchers, version: source.version, stateDir }
  return executables.map((executable) => ({
    name: executable.name,
    mode: executable.mode,
    content: `${launcherOf(executable, filling)}${programs.get(executable.name)}`,
  }))
}

function summaryOf({ name, content }: BundleFile) {
  return { name, size: Buffer.byteLength(content), sha256: sha256(content) }
}
