import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, systemMessage } from '../adapters/errno.ts'
import { sha256Of } from '../adapters/sha256.ts'
import { Failure } from '../core/failure.ts'
import { exposedAt } from './exposed.ts'
import { bundleId } from './ours.ts'

/** A bundle that is whole: every file is what its SHA256SUMS says. */
export interface SourceBundle {
  readonly folder: string
  readonly version: string
  readonly stateDir: string
  /** Names this bundle and no other: its version and the beginning of the checksum of its checksums. */
  readonly id: string
  readonly files: readonly SourceFile[]
  readonly hash: (text: string) => string
}

interface SourceFile {
  readonly name: string
  readonly sha256: string
  readonly mode: number
}

/**
 * The bundle in this folder. Throws `bundle-changed` where there is none, or a file of it is missing or is not what was built, and `source-exposed` where others could change it while it is installed.
 */
export function readBundle(
  folder: string,
  facts: { readonly version: string; readonly stateDir: string },
): SourceBundle {
  const sums = sumsOf(folder)
  const us = { uid: process.geteuid!(), gid: process.getegid!() }
  for (const name of ['.', 'SHA256SUMS', ...sums.keys()]) refuseExposed(join(folder, name), us)
  const files = [...sums].map(([name, sha256]) => checked(folder, name, sha256))
  const own = join(folder, 'SHA256SUMS')
  const sum = sha256Of(readFileSync(own))
  return {
    ...facts,
    folder,
    id: bundleId(facts.version, sum),
    files: [...files, { name: 'SHA256SUMS', sha256: sum, mode: 0o644 }],
    hash: sha256Of,
  }
}

/** SHA-256 by name, as SHA256SUMS in this folder has them. Throws `bundle-changed` where it is missing or damaged. */
export function sumsOf(folder: string): Map<string, string> {
  const rows = textOf(folder)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => /^([0-9a-f]{64}) {2}([\w.-]+(?:\/[\w.-]+)*)$/.exec(line))
  const bad = rows.indexOf(null)
  if (bad !== -1) throw changed(`${folder}/SHA256SUMS:${bad + 1} names no file of a bundle`)
  const sums = rows.flatMap((row) => (row?.[1] && row[2] ? [[row[2], row[1]] as const] : []))
  if (!sums.some(([name]) => name === 'pre-freeze-script'))
    throw changed(`${folder}/SHA256SUMS does not name pre-freeze-script`)
  return new Map(sums)
}

function textOf(folder: string): string {
  try {
    return readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw changed(`${folder}: ${systemMessage(cause)}`, cause)
    throw changed(`${folder} has no SHA256SUMS: it is no bundle, or not a whole one`, cause)
  }
}

function checked(folder: string, name: string, sha256: string): SourceFile {
  const path = join(folder, name)
  const seen = lstatSync(path, { throwIfNoEntry: false })
  if (seen === undefined) throw changed(`${path} is missing`)
  if (!seen.isFile()) throw changed(`${path} is not a regular file`)
  const content = readFileSync(path)
  if (sha256Of(content) !== sha256) throw changed(`${path} is not what was built`)
  return { name, sha256, mode: isToBeRun(name, content) ? 0o755 : 0o644 }
}

/** Whatever its mode has become on the way here: it begins with `#!`, or is Node.js. */
export function isToBeRun(name: string, content: Buffer): boolean {
  return content.subarray(0, 2).toString() === '#!' || name === 'node'
}

function refuseExposed(path: string, us: { readonly uid: number; readonly gid: number }): void {
  const wrong = existsSync(path) ? exposedAt(path, us) : null
  if (wrong) throw new Failure('source-exposed', `what is installed runs as root, and ${wrong}`)
}

function changed(what: string, cause?: unknown): Failure {
  return new Failure('bundle-changed', what, { cause })
}
