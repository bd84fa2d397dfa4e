import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { aptConfig, sourcesList } from './apt-config.ts'
import { parseMirrors, type Mirrors } from './apt-output.ts'
import { tool, type ToolOptions } from './tool.ts'

/** apt on one set of suites, with lists that are signed and read. */
export interface Apt {
  run(
    program: 'apt-get' | 'apt-cache',
    args: readonly string[],
    options?: Pick<ToolOptions, 'cwd' | 'onLine'>,
  ): Promise<string>
}

export interface AptOptions {
  /** All of apt's state goes below this folder. */
  readonly dir: string
  /** The first must be there, the others may be missing. */
  readonly suites: readonly [string, ...string[]]
  readonly progress: (line: string) => void
}

interface Archive {
  readonly dir: string
  readonly mirrors: Mirrors
  readonly keyring: string
}

/** Reads the package lists of some Debian suites, into private state. The host's apt says where they are. */
export async function openApt(options: AptOptions): Promise<Apt> {
  const dir = join(options.dir, options.suites.join('+'))
  const archive = { dir, mirrors: await findMirrors(), keyring: await findKeyring() }
  options.progress(`reading the package lists of ${options.suites.join(' and ')}`)
  try {
    return await readWhatIsThere(archive, options)
  } catch (error) {
    if (!keyIsUnknown(error)) throw error
    return await readWhatIsThere(await withNewerKeyring(archive, options, error), options)
  }
}

async function findMirrors(): Promise<Mirrors> {
  const host = parseMirrors(await tool('apt-get', ['update', '--print-uris']))
  const main = process.env['DEBIAN_MIRROR'] || host?.main
  if (!main) throw new Error("the host's apt names no Debian archive (DEBIAN_MIRROR may name one)")
  return { main, security: process.env['DEBIAN_SECURITY_MIRROR'] || host?.security || `${main}-security` }
}

async function findKeyring(): Promise<string> {
  const keyring = process.env['DEBIAN_KEYRING'] || '/usr/share/keyrings/debian-archive-keyring.gpg'
  await access(keyring).catch((cause: unknown) => {
    throw new Error(
      `cannot read ${keyring} (package debian-archive-keyring, or name one with DEBIAN_KEYRING)`,
      { cause },
    )
  })
  return keyring
}

async function readWhatIsThere(archive: Archive, { suites, progress }: AptOptions): Promise<Apt> {
  try {
    return await readLists(archive, suites)
  } catch (error) {
    if (suites.length === 1 || keyIsUnknown(error)) throw error
    progress(`going on with ${suites[0]} alone: ${complaint(error)}`)
    return await readLists(archive, [suites[0]])
  }
}

async function readLists({ dir, mirrors, keyring }: Archive, suites: readonly string[]): Promise<Apt> {
  const folders = ['lists/partial', 'archives/partial', 'none']
  await Promise.all(folders.map((folder) => mkdir(join(dir, folder), { recursive: true })))
  await writeFile(join(dir, 'status'), '')
  await writeFile(join(dir, 'sources.list'), sourcesList(suites, mirrors, keyring), { mode: 0o600 })
  await writeFile(join(dir, 'apt.conf'), aptConfig(dir))
  const apt: Apt = {
    run: (program, args, options) => tool(program, ['-q', '-c', join(dir, 'apt.conf'), ...args], options),
  }
  await apt.run('apt-get', ['update'])
  return apt
}

function keyIsUnknown(error: unknown): boolean {
  return /NO_PUBKEY|EXPKEYSIG/.test(String(error))
}

function complaint(error: unknown): string {
  return /^(?:E|W|Err):.*/m.exec(String(error))?.[0] ?? String(error)
}

/** The host's keyring may be older than a suite's keys; the archive has a newer one in suites it does vouch for. */
async function withNewerKeyring(
  archive: Archive,
  { progress }: AptOptions,
  cause: unknown,
): Promise<Archive> {
  for (const suite of ['trixie', 'bookworm', 'stable']) {
    const dir = join(archive.dir, `keyring-${suite}`)
    const keyring = await keyringOf(suite, { ...archive, dir }).catch(() => undefined)
    if (keyring === undefined) continue
    progress(`${archive.keyring} is too old; using the newer one in ${suite}, which it vouches for`)
    return { ...archive, keyring }
  }
  const what = `the lists are signed with keys that ${archive.keyring} does not know`
  throw new Error(`${what}: ${complaint(cause)}`, { cause })
}

async function keyringOf(suite: string, archive: Archive): Promise<string> {
  const apt = await readLists(archive, [suite])
  const fresh = join(archive.dir, 'fresh')
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh)
  await apt.run('apt-get', ['download', 'debian-archive-keyring'], { cwd: fresh })
  const [deb = ''] = await readdir(fresh)
  await tool('dpkg-deb', ['-x', join(fresh, deb), fresh])
  const folder = join(fresh, 'usr/share/keyrings')
  const keyring = (await readdir(folder)).find((name) => /^debian-archive-keyring\.(gpg|pgp)$/.test(name))
  if (keyring === undefined) throw new Error(`${deb} has no keyring in ${folder}`)
  return join(folder, keyring)
}
