import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  choosePackages,
  parseCandidate,
  isDownload,
  parseHashes,
  parseSimulation,
  type PackageVersion,
} from './apt-output.ts'
import type { Apt } from './apt.ts'
import type { DebianPackages } from './catalog.ts'
import { hashOf } from './files.ts'

/** A package's file in the cache, as the signed lists have it. */
export interface Deb extends PackageVersion {
  readonly file: string
  readonly bytes: number
}

export interface DebRequest {
  readonly apt: Apt
  readonly wanted: Pick<DebianPackages, 'packages' | 'alone'>
  /** Where the files are kept. */
  readonly dir: string
  readonly progress: (line: string) => void
}

/** Fetches packages and the libraries they need; a file that is there already is used if its hash is right. */
export async function fetchDebs({ apt, wanted, dir, progress }: DebRequest): Promise<readonly Deb[]> {
  const chosen = await choose(apt, wanted)
  const hashes = parseHashes(await apt.run('apt-cache', ['show', '--no-all-versions', ...chosen.map(id)]))
  await mkdir(dir, { recursive: true })
  const stale = await filter(chosen, async (one) => !(await isGood(one)))
  await download(stale)
  return await Promise.all(chosen.map(asDeb))

  // apt-get download leaves a file alone that has the right size: what is in it is for us to look at
  async function isGood(one: PackageVersion): Promise<boolean> {
    const listed = hashes.get(id(one))
    if (listed === undefined) throw new Error(`the package lists give no SHA256 for ${id(one)}`)
    return listed === (await hashOf(fileOf(dir, one), 'sha256', 'hex'))
  }

  async function download(packages: readonly PackageVersion[]): Promise<void> {
    if (packages.length === 0) return
    await Promise.all(packages.map((one) => rm(fileOf(dir, one), { force: true })))
    const onLine = reportDownloads(packages.length, progress)
    await apt.run('apt-get', ['download', ...packages.map(id)], { cwd: dir, onLine })
    const [bad] = await filter(packages, async (one) => !(await isGood(one)))
    if (bad) throw new Error(`${id(bad)} did not arrive as the package lists have it`)
  }

  async function asDeb(one: PackageVersion): Promise<Deb> {
    const file = fileOf(dir, one)
    return { ...one, file, bytes: (await stat(file)).size }
  }
}

/** The version that a suite has of a package. */
export async function candidate(apt: Apt, name: string): Promise<string> {
  const version = parseCandidate(await apt.run('apt-cache', ['policy', name]))
  if (version === undefined) throw new Error(`there is no package ${name}`)
  return version
}

async function choose(
  apt: Apt,
  { packages, alone }: DebRequest['wanted'],
): Promise<readonly PackageVersion[]> {
  const simulation = await apt.run('apt-get', ['-s', 'install', '--no-install-recommends', ...packages])
  const others = alone.map(async (name) => ({ name, version: await candidate(apt, name) }))
  return [...choosePackages(parseSimulation(simulation), packages), ...(await Promise.all(others))]
}

function id({ name, version }: PackageVersion): string {
  return `${name}=${version}`
}

/** apt names a file so, with the colon of an epoch encoded. Every library and server is of this architecture. */
function fileOf(dir: string, { name, version }: PackageVersion): string {
  return join(dir, `${name}_${version.replaceAll(':', '%3a')}_amd64.deb`)
}

/** A line at the beginning, and one for every tenth package. */
function reportDownloads(total: number, progress: DebRequest['progress']): (line: string) => void {
  let count = 0
  progress(`downloading ${total} ${total === 1 ? 'package' : 'packages'}`)
  return (line) => {
    if (isDownload(line) && ++count % 10 === 0) progress(`downloading package ${count} of ${total}`)
  }
}

async function filter<T>(all: readonly T[], test: (one: T) => Promise<boolean>): Promise<readonly T[]> {
  const passed = await Promise.all(all.map(test))
  return all.filter((_, i) => passed[i])
}
