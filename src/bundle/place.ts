import { lstat, readdir, readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { errnoOf } from '../adapters/errno.ts'
import { makeDirectories } from '../adapters/make-directories.ts'
import { Failure } from '../core/failure.ts'
import { platforms } from '../platforms/all.ts'
import { companions, executables, shippedFor } from './artifacts.ts'
import { formerOf, type Sight, stagePrefix } from './swap.ts'

/** The first line of the README of a bundle: by this line a folder is known to be one. */
export const bundleMark = '# The executables of mysql-quiesce'

/** The real path of `out`, whose parent is made when it is missing. */
export async function placeOf(out: string): Promise<string> {
  const path = resolve(out)
  makeDirectories(dirname(path))
  return (await kindOf(path)) === 'absent'
    ? join(await realpath(dirname(path)), basename(path))
    : realpath(path)
}

/** Looks at the place; changes nothing. */
export async function look(out: string): Promise<Sight> {
  const names = await readdir(dirname(out))
  return {
    bundle: names.includes(basename(out)) ? 'there' : 'absent',
    former: names.includes(basename(formerOf(out))) ? 'there' : 'absent',
    leftovers: names.filter((name) => isLeftover(name, out)).map((name) => join(dirname(out), name)),
  }
}

/** Throws `not-a-bundle` unless the place is free, an empty folder, or a bundle with nothing of anyone else's in it. */
export async function refuseUnlessOurs(out: string): Promise<void> {
  const kind = await kindOf(out)
  if (kind === 'absent') return
  if (kind === 'other') throw new Failure('not-a-bundle', `${out} is not a folder`)
  const names = await readdir(out, { recursive: true })
  if (names.length === 0) return
  if (!(await textOf(join(out, 'README.md'))).startsWith(`${bundleMark}\n`)) {
    throw new Failure('not-a-bundle', `${out} holds ${names.toSorted()[0]}, and no README.md of a bundle`)
  }
  const stranger = await strangerIn(out, names)
  if (stranger) throw new Failure('not-a-bundle', `${out} holds ${stranger}, which no build put there`)
}

/** Names that are not in the tables, nor in the checksums of the bundle that lies there, which may be of another version. */
async function strangerIn(out: string, names: readonly string[]): Promise<string | undefined> {
  const listed = [...(await textOf(join(out, 'SHA256SUMS'))).matchAll(/^[0-9a-f]{64} {2}(.+)$/gm)]
  const known = [...executables, ...companions, ...shippedFor(platforms)]
  const ours = new Set([...known.map(({ name }): string => name), ...listed.map(([, name]) => name ?? '')])
  const isFolder = (name: string): boolean => [...ours].some((file) => file.startsWith(`${name}/`))
  return names.toSorted().find((name) => !ours.has(name) && !isFolder(name))
}

async function kindOf(path: string): Promise<'folder' | 'absent' | 'other'> {
  try {
    return (await lstat(await realpath(path))).isDirectory() ? 'folder' : 'other'
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'absent'
    throw error
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ''
    throw error
  }
}

/** A staged folder is left over when the process in its name is gone. */
function isLeftover(name: string, out: string): boolean {
  const prefix = `${stagePrefix(out)}-`
  const pid = name.startsWith(prefix) ? /^(\d+)-\w+$/.exec(name.slice(prefix.length))?.[1] : undefined
  return pid !== undefined && !isAlive(Number(pid))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errnoOf(error) !== 'ESRCH'
  }
}
