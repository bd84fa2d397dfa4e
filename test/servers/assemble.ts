import {
  chmod,
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { basename, join } from 'node:path'
import { exists } from './files.ts'
import { findLibraries, type Libraries } from './libraries.ts'
import { tool } from './tool.ts'
import { wrapper } from './wrapper.ts'

export interface AssembleRequest {
  /** Unpacked packages (usr/, lib/), and in `server/` what a tarball holds. It is used up. */
  readonly unpacked: string
  /** The server folder to make. */
  readonly folder: string
}

/** Old and new names: MariaDB and its packages drop the old ones by and by. */
const names = {
  mysqld: 'mariadbd',
  mysql: 'mariadb',
  mysqladmin: 'mariadb-admin',
  mysqldump: 'mariadb-dump',
  mysqlbinlog: 'mariadb-binlog',
}
const programs = [...Object.keys(names), ...Object.values(names), 'my_print_defaults', 'resolveip']

/**
 * Makes a server folder that needs none of the host's libraries and can be moved: `bin/` (to be called), `libexec/`
 * (the programs), `lib/`, `ldso/` (the program loader, under the name of each program, so that `ps` shows that),
 * `share/`, `lib/mysql/plugin/`. Gives the plugins that had to be left out.
 */
export async function assemble({ unpacked, folder }: AssembleRequest): Promise<{ withoutPlugins: string[] }> {
  for (const part of ['bin', 'libexec', 'ldso', 'lib/mysql/plugin', 'share']) {
    await mkdir(join(folder, part), { recursive: true })
  }
  const libraries = await findLibraries(unpacked)
  await copyFile(libraries.loader, join(folder, 'ldso', '.loader'))
  await takePrograms({ unpacked, folder, libraries })
  await takeShare({ unpacked, folder })
  await takeInstaller({ unpacked, folder })
  const withoutPlugins = await takePlugins({ unpacked, folder, libraries })
  await libraries.provideOpenedLater(join(folder, 'lib'))
  await tool('chmod', ['-R', 'u+rwX,go+rX,go-w', folder])
  return { withoutPlugins }
}

interface Parts extends AssembleRequest {
  readonly libraries: Libraries
}

async function takePrograms(parts: Parts): Promise<void> {
  for (const program of programs) await takeProgram(parts, program)
  const { folder } = parts
  const there = await readdir(join(folder, 'bin'))
  for (const [old, current] of Object.entries(names)) {
    if (there.includes(current) && !there.includes(old)) await symlink(current, join(folder, 'bin', old))
  }
  if (!there.includes('mysqld') && !there.includes('mariadbd'))
    throw new Error('no mysqld among what was downloaded')
}

async function takeProgram({ unpacked, folder, libraries }: Parts, program: string): Promise<void> {
  const found = await findProgram(unpacked, program)
  if (found === undefined) return
  const name = basename(found)
  if (name !== program) await symlink(name, join(folder, 'bin', program))
  else await installProgram(found)

  async function installProgram(file: string): Promise<void> {
    const missing = await libraries.provide(file, join(folder, 'lib'))
    if (missing.length > 0)
      throw new Error(`${name} needs ${missing.join(', ')}, which none of the packages has`)
    await link(file, join(folder, 'libexec', name))
    await chmod(file, 0o755)
    await link(join(folder, 'ldso', '.loader'), join(folder, 'ldso', name))
    const text = wrapper(name, await charsetsOf(unpacked))
    await writeFile(join(folder, 'bin', name), text, { mode: 0o755 })
  }
}

/** The program itself, not a link to it under another name, and no script. */
async function findProgram(unpacked: string, program: string): Promise<string | undefined> {
  for (const place of ['usr/sbin', 'usr/bin', 'server']) {
    const file = await realpath(join(unpacked, place, program)).catch(() => undefined)
    if (file && (await isElf(file))) return file
  }
  return undefined
}

async function isElf(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.toString('latin1') === '\x7fELF'
  } finally {
    await handle.close()
  }
}

/** The client's character sets. A client from elsewhere than its server uses the built-in ones. */
async function charsetsOf(unpacked: string): Promise<string | undefined> {
  if (await exists(join(unpacked, 'server'))) return undefined
  for (const family of ['mysql', 'mariadb']) {
    if (await exists(join(unpacked, 'usr/share', family, 'charsets'))) return `share/${family}/charsets`
  }
  return undefined
}

async function takeShare({ unpacked, folder }: AssembleRequest): Promise<void> {
  const share = join(folder, 'share')
  for (const family of ['mysql', 'mariadb']) {
    const from = join(unpacked, 'usr/share', family)
    if (await exists(from)) await rename(from, join(share, family))
  }
  const ofTarball = join(unpacked, 'server/share')
  if (!(await exists(ofTarball))) return
  await rm(share, { recursive: true })
  await rename(ofTarball, share)
}

/** mariadb-install-db looks for the server in sbin/. */
async function takeInstaller({ unpacked, folder }: AssembleRequest): Promise<void> {
  const installer = join(unpacked, 'usr/bin/mariadb-install-db')
  if (!(await exists(installer))) return
  await mkdir(join(folder, 'sbin'))
  for (const name of ['mariadbd', 'mysqld']) await symlink('../bin/mariadbd', join(folder, 'sbin', name))
  await copyFile(installer, join(folder, 'bin/mariadb-install-db'))
}

async function takePlugins({ unpacked, folder, libraries }: Parts): Promise<string[]> {
  const withoutPlugins: string[] = []
  const into = join(folder, 'lib/mysql/plugin')
  for (const place of ['usr/lib/mysql/plugin', 'usr/lib/x86_64-linux-gnu/libmariadb3/plugin']) {
    const from = join(unpacked, place)
    const files = (await exists(from)) ? await readdir(from) : []
    for (const name of files.filter((file) => file.endsWith('.so'))) {
      const missing = await libraries.provide(join(from, name), join(folder, 'lib'))
      if (missing.length > 0) withoutPlugins.push(name)
      else await rename(join(from, name), join(into, name))
    }
  }
  return withoutPlugins
}
