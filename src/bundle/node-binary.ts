import { readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { withDir } from 'tmp-promise'
import { errnoOf } from '../adapters/errno.ts'
import { Failure } from '../core/failure.ts'

/** Node.js as it goes into a bundle. */
export interface NodeBinary {
  readonly program: Uint8Array
  readonly licence: string
}

/**
 * The Node.js that runs this build, without its symbols where `strip` is at hand. Throws `build-failed` for one that needs
 * libraries which a server without Node.js does not have, and for one without its licence.
 */
export async function nodeBinary(): Promise<NodeBinary> {
  const path = await realpath(process.execPath)
  refuseUnlessAlone(path)
  return { program: await stripped(path), licence: await licenceOf(path) }
}

/** Tries that the bundle in this folder starts with nothing but its own Node.js. Throws `build-failed`. */
export async function startsAlone(folder: string): Promise<void> {
  const { failed, stdout, stderr, message } = await execa(join(folder, 'mysql-quiesce'), ['--version'], {
    env: { PATH: '/nonexistent' },
    extendEnv: false,
    reject: false,
  })
  const own = await execa(join(folder, 'node'), ['--version'], { reject: false })
  if (failed || own.stdout !== process.version)
    throw new Failure(
      'build-failed',
      `the bundle does not start with its own Node.js: ${stderr || stdout || message}`,
    )
}

/** What every Linux has that has the C and C++ libraries. */
const everywhere = /^(linux-vdso|ld-linux.*|lib(?:c|m|dl|rt|pthread|stdc\+\+|gcc_s|atomic))\.so\.\d+$/

function refuseUnlessAlone(path: string): void {
  const report: { readonly sharedObjects: readonly string[] } = JSON.parse(
    JSON.stringify(process.report.getReport()),
  )
  const other = report.sharedObjects.find(
    (library) => !library.endsWith('.node') && !everywhere.test(basename(library)),
  )
  if (other)
    throw new Failure('build-failed', `${path} needs ${other}, so it would start on few other machines`)
}

async function stripped(path: string): Promise<Uint8Array> {
  return withDir(({ path: folder }) => strippedIn(folder, path), { unsafeCleanup: true })
}

async function strippedIn(folder: string, path: string): Promise<Uint8Array> {
  const out = join(folder, 'node')
  const { failed, cause } = await execa('strip', ['-o', out, path], { reject: false })
  if (!failed) return readFile(out)
  if (errnoOf(cause) === 'ENOENT') return readFile(path)
  throw new Failure('build-failed', `${path} could not be stripped`, { cause })
}

async function licenceOf(path: string): Promise<string> {
  const prefix = join(dirname(path), '..')
  const places = [
    'LICENSE',
    'share/doc/nodejs/LICENSE',
    'share/doc/nodejs/copyright',
    'share/doc/node/LICENSE',
  ]
  for (const place of places) {
    const text = await textOf(join(prefix, place))
    if (text?.includes('Node.js')) return text
  }
  throw new Failure('build-failed', `the licence of Node.js is at none of ${prefix}/{${places.join(',')}}`)
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}
