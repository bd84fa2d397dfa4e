import { accessSync, constants, lstatSync } from 'node:fs'
import { rename, unlink, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { execa } from 'execa'
import { systemMessage } from '../adapters/errno.ts'
import { Failure } from '../core/failure.ts'

/**
 * The bundle as a .tar.gz with one folder in it, `mysql-quiesce-VERSION`. The same bundle gives the same bytes: names sorted,
 * root as the owner, one date (SOURCE_DATE_EPOCH, or else a fixed one). What is true on this machine only, node-path, is left out.
 * Throws `build-failed`.
 */
export async function archive(
  folder: string,
  { file, version }: { readonly file: string; readonly version: string },
): Promise<string> {
  const place = resolve(file)
  const content = await promisify(gzip)(await tar(folder, version), { level: 9 })
  try {
    await writeWhole(place, content)
  } catch (cause) {
    throw new Failure('build-failed', `${place} cannot be written: ${systemMessage(cause)}`, { cause })
  }
  return place
}

/** Asks, before anything is built, whether the archive could be written. Throws `build-failed`. */
export function refuseUnwritable(file: string): void {
  const folder = dirname(resolve(file))
  try {
    accessSync(folder, constants.W_OK)
    if (lstatSync(resolve(file), { throwIfNoEntry: false })?.isDirectory())
      throw new Error('it is a directory')
  } catch (cause) {
    throw new Failure('build-failed', `${resolve(file)} cannot be written: ${systemMessage(cause)}`, {
      cause,
    })
  }
}

async function writeWhole(place: string, content: Uint8Array): Promise<void> {
  const draft = `${place}.${process.pid}`
  try {
    await writeFile(draft, content, { flush: true })
    await rename(draft, place)
  } catch (error) {
    await unlink(draft).catch(() => {})
    throw error
  }
}

/** 2000-01-01; tar warns of dates that are much older. */
const fixedDate = '946684800'

async function tar(folder: string, version: string): Promise<Uint8Array> {
  const { failed, stdout, stderr, shortMessage } = await execa('tar', argumentsFor(folder, version), {
    env: { LC_ALL: 'C' },
    encoding: 'buffer',
    maxBuffer: 1_000_000_000,
    reject: false,
  })
  if (!failed) return stdout
  const said = stderr.length > 0 ? Buffer.from(stderr).toString().trim() : shortMessage
  throw new Failure('build-failed', `tar: ${said}`)
}

function argumentsFor(folder: string, version: string): string[] {
  const date = process.env['SOURCE_DATE_EPOCH'] ?? fixedDate
  return [
    '--create',
    '--format=ustar',
    '--sort=name',
    `--mtime=@${date}`,
    '--owner=root:0',
    '--group=root:0',
    '--exclude=./node-path',
    `--transform=s,^\\.,mysql-quiesce-${version},`,
    `--directory=${folder}`,
    '.',
  ]
}
