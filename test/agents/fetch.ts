import { link, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { candidate, fetchDebs } from '../servers/debian.ts'
import { findLibraries } from '../servers/libraries.ts'
import { serversDir } from '../servers/place.ts'
import { tool } from '../servers/tool.ts'
import { openWorkshop, type Workshop } from '../servers/workshop.ts'
import { catalog, type ProgramName } from './catalog.ts'

/** What a program's folder says of it in `program.json`, which is written last. */
interface ProgramRecord {
  readonly name: ProgramName
  /** Of the Debian package. */
  readonly version: string
  /** NAME=VERSION of each package in the folder. */
  readonly packages: readonly string[]
}

/** A program that is there, in the folder its packages were unpacked into. */
export interface FetchedProgram extends ProgramRecord {
  readonly folder: string
}

/** The folder of a program, beside those of the servers; undefined where it was not fetched. */
export async function findProgram(name: ProgramName): Promise<FetchedProgram | undefined> {
  const folder = join(serversDir(), name)
  const text = await readFile(recordFile(folder), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : { ...(JSON.parse(text) as ProgramRecord), folder }
}

/** Downloads those that are not there yet, and unpacks each; nothing is installed. */
export async function fetchPrograms(
  names: readonly ProgramName[],
  progress: Workshop['progress'],
): Promise<void> {
  const there = await Promise.all(names.map(findProgram))
  const missing = names.filter((_, index) => there[index] === undefined)
  if (missing.length === 0) return
  await using workshop = await openWorkshop({ root: serversDir(), progress })
  for (const name of missing) await make(name, workshop)
}

async function make(name: ProgramName, workshop: Workshop): Promise<void> {
  const { root, stages, progress } = workshop
  const recipe = catalog[name]
  const apt = await workshop.apt(recipe.suites)
  const version = await candidate(apt, recipe.package)
  progress(`${name}: ${recipe.package} ${version} of ${recipe.suites[0]}`)
  const dir = join(root, '.downloads', recipe.suites.join('+'))
  const debs = await fetchDebs({ apt, wanted: recipe, dir, progress })
  const stage = await mkdtemp(join(stages, `${name}-`))
  for (const { file } of debs) await tool('dpkg-deb', ['-x', file, stage])
  await nameLoader(stage, recipe.file)
  const packages = debs.map((deb) => `${deb.name}=${deb.version}`)
  await writeFile(recordFile(stage), `${JSON.stringify({ name, version, packages }, undefined, 2)}\n`)
  const place = join(root, name)
  await rm(place, { recursive: true, force: true })
  await rename(stage, place)
}

/** The program loader under the program's name, so that this is what `ps` and /proc show. */
async function nameLoader(folder: string, file: string): Promise<void> {
  const { loader } = await findLibraries(folder)
  await mkdir(join(folder, 'ldso'))
  await link(loader, join(folder, 'ldso', basename(file)))
}

function recordFile(folder: string): string {
  return join(folder, 'program.json')
}
