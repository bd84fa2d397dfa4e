import { chmod, link, realpath } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import { execa } from 'execa'

/** The libraries of a folder of unpacked packages, and that suite's own program loader. */
export interface Libraries {
  readonly loader: string
  /** Puts what a program or library needs into a folder; gives the names of what none of the packages has. */
  provide(file: string, into: string): Promise<readonly string[]>
  /** Adds what glibc opens while a program runs, and nothing names. */
  provideOpenedLater(into: string): Promise<void>
}

const folders = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu', 'usr/lib64', 'lib64']

const openedLater = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2', 'libgcc_s.so.1']

export async function findLibraries(unpacked: string): Promise<Libraries> {
  const root = await realpath(unpacked)
  const loader = await findLoader()
  return { loader, provide, provideOpenedLater }

  async function provide(file: string, into: string): Promise<readonly string[]> {
    const { found, missing } = parseNeeds(await listNeeds(file))
    const strangers = await takeAll(found, into)
    return [...missing, ...strangers]
  }

  // the loader fails, and says why on stderr, where a library is missing
  async function listNeeds(file: string): Promise<string> {
    const path = folders.map((folder) => join(root, folder)).join(':')
    const args = ['--inhibit-cache', '--library-path', path, '--list', file]
    const { all } = await execa(loader, args, { all: true, reject: false, env: { LC_ALL: 'C' } })
    return all
  }

  async function takeAll(files: readonly string[], into: string): Promise<readonly string[]> {
    const strangers: string[] = []
    for (const file of files) {
      const real = await inside(root, file)
      if (real === undefined) strangers.push(basename(file))
      else await linkOnce(real, join(into, basename(file)))
    }
    return strangers
  }

  async function provideOpenedLater(into: string): Promise<void> {
    for (const name of openedLater) {
      const file = await find(name)
      if (file !== undefined) await linkOnce(file, join(into, name))
    }
  }

  async function findLoader(): Promise<string> {
    const file = await find('ld-linux-x86-64.so.2')
    if (file === undefined) throw new Error('no program loader among the packages')
    await chmod(file, 0o755)
    return file
  }

  async function find(name: string): Promise<string | undefined> {
    for (const folder of folders) {
      const file = await inside(root, join(root, folder, name))
      if (file !== undefined) return file
    }
    return undefined
  }
}

/** What a program loader's `--list` says: `NAME => PATH (ADDRESS)`, `NAME => not found`, or an error. */
export function parseNeeds(listed: string): { readonly found: string[]; readonly missing: string[] } {
  const found: string[] = []
  const missing: string[] = []
  for (const line of listed.split('\n')) {
    const [, name = '', path = ''] = /^\s*(\S+) => (not found|\/\S+)/.exec(line) ?? []
    if (path === 'not found') missing.push(name)
    else if (path && !name.includes('ld-linux')) found.push(path)
    else if (/error while loading|not a dynamic|version .* not found/.test(line)) missing.push(line.trim())
  }
  return { found, missing }
}

/** A file without its links, where they stay in the folder: an absolute one leads to the host's own library. */
async function inside(root: string, file: string): Promise<string | undefined> {
  const real = await realpath(file).catch(() => undefined)
  return real?.startsWith(root + sep) ? real : undefined
}

async function linkOnce(file: string, to: string): Promise<void> {
  await link(file, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}
