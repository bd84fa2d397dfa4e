import { existsSync, lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sha256Of } from '../../adapters/sha256.ts'
import { asFailure } from '../../core/failure.ts'
import { exposedAt, whatIsWrong } from '../../install/exposed.ts'
import { isBundleId } from '../../install/ours.ts'
import { manifestPath } from '../../install/plan-install.ts'
import { isToBeRun, sumsOf } from '../../install/source-bundle.ts'
import type { BundleFacts, FileFact } from '../checks/bundle.ts'
import type { Patient } from '../patient.ts'

export function lookAtBundle(patient: Patient): BundleFacts {
  const folder = realFolder(patient)
  const files = filesIn(folder)
  return {
    installed: patient.manifest,
    prefix: patient.prefix,
    elsewhere: elsewhere(folder, patient),
    folder,
    files,
    exposed: Array.isArray(files) ? exposed(folder, files, patient) : [],
  }
}

/** An installed bundle lies in its prefix, beside the manifest. */
function elsewhere(folder: string, { prefix, manifest, is }: Patient): string | null {
  const other = dirname(folder)
  const isOther = is === 'this machine' && manifest === null && other !== prefix
  return isOther && isBundleId(basename(folder)) && existsSync(manifestPath(other)) ? other : null
}

/** Where the bundle is for us, links followed within the system that is looked at. */
export function realFolder({
  folder,
  prefix,
  at,
  is,
}: Pick<Patient, 'folder' | 'prefix' | 'at' | 'is'>): string {
  // The command's own folder is on this machine, whatever system is looked at
  const inside =
    folder.startsWith(`${prefix}/`) || is === 'this machine' ? dirname(at(join(folder, '_'))) : folder
  return existsSync(inside) ? realpathSync(inside) : inside
}

function filesIn(folder: string): BundleFacts['files'] {
  try {
    return [...sumsOf(folder)].map(([name, sha256]) => fileAt(folder, name, sha256))
  } catch (error) {
    return asFailure(error)
  }
}

function fileAt(folder: string, name: string, sha256: string): FileFact {
  const path = join(folder, name)
  const seen = lstatSync(path, { throwIfNoEntry: false })
  if (!seen?.isFile()) return { name, is: seen ? 'changed' : 'missing', mode: null, isProgram: false }
  const content = readFileSync(path)
  const isProgram = isToBeRun(name, content)
  return { name, is: stateOf(content, sha256), mode: seen.mode & 0o7777, isProgram }
}

function stateOf(content: Buffer, sha256: string): FileFact['is'] {
  if (sha256Of(content) === sha256) return 'as built'
  return !content.includes(0) && content.includes('\r\n') ? 'crlf' : 'changed'
}

/** On this machine the folders above count as well: who may rename one of them has the bundle. */
function exposed(folder: string, files: readonly FileFact[], { is }: Patient): string[] {
  const names = ['SHA256SUMS', 'node-path', ...files.map(({ name }) => name)].filter((name) =>
    existsSync(join(folder, name)),
  )
  const paths = new Set([
    folder,
    ...names.flatMap((name) => [dirname(join(folder, name)), join(folder, name)]),
  ])
  const us = is === 'this machine' ? { uid: 0, gid: 0 } : { uid: process.geteuid!(), gid: process.getegid!() }
  const above = is === 'this machine' ? exposedAt(folder, us) : null
  const wrong = [...paths].flatMap((path) => sentence(path, lstatSync(path), us))
  return above === null || wrong.includes(above) ? wrong : [above, ...wrong]
}

function sentence(path: string, seen: Stats, us: { readonly uid: number; readonly gid: number }): string[] {
  const wrong = whatIsWrong(seen, us)
  return wrong === null ? [] : [`${path} ${wrong}`]
}
