import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, type Stats } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { exposure } from '../core/exposure.ts'
import { Failure } from '../core/failure.ts'
import {
  parseOptionFile,
  type IncludeLine,
  type OptionFileLine,
  type OptionLine,
} from '../core/option-file.ts'
import { readName } from '../core/setting-name.ts'
import { systemMessage } from './errno.ts'

/** An option with the file it stands in, which may be an included one. */
export interface FoundOption extends OptionLine {
  readonly file: string
}

export interface OptionFiles {
  /** in the order in which they count: an include stands where its line stood */
  readonly options: readonly FoundOption[]
  /** every file that was read, the first one first */
  readonly files: readonly string[]
}

/** As deep as the servers' clients go. They skip what is deeper, with a warning; here it is an error. */
const deepest = 10

/**
 * An option file with all that it includes. A relative include is looked for beside the file it stands in: the clients
 * look in the current folder, which under a hypervisor's agent may be any. An include that is not there is an error,
 * where the clients go on without it.
 *
 * Throws `option-file-unreadable` (with errno), `option-file-exposed` (with mode and owner), `bad-setting` (FILE:LINE).
 */
export function readOptionFiles(path: string): OptionFiles {
  return readStep({ path, from: null })
}

/** `~/` is our home; what is relative is meant from `folder`. */
export function absolutePath(path: string, folder: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(folder, path)
}

/** One file on the way down. It is known by device and inode, so that no symlink hides a circle. */
interface Step {
  readonly path: string
  readonly from: { readonly step: Step; readonly line: number; readonly identity: string } | null
}

function readStep(step: Step): OptionFiles {
  const { identity, lines } = readOne(step)
  const parts = lines.map((line): OptionFiles => {
    if (line.kind === 'option') return { options: [{ ...line, file: step.path }], files: [] }
    const from = { step, line: line.line, identity }
    return together(pathsOf(line, step).map((path) => readStep({ path, from })))
  })
  return together([{ options: [], files: [step.path] }, ...parts])
}

function together(parts: readonly OptionFiles[]): OptionFiles {
  return { options: parts.flatMap(({ options }) => options), files: parts.flatMap(({ files }) => files) }
}

/** Opened once and then judged, so that it is the judged file which is read. A FIFO must not make us wait. */
function readOne(step: Step): { readonly identity: string; readonly lines: readonly OptionFileLine[] } {
  const fd = orUnreadable(step, () => openSync(step.path, constants.O_RDONLY | constants.O_NONBLOCK))
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw unreadable(step, 'is not a regular file')
    const identity = `${stat.dev}:${stat.ino}`
    mustEnd(step, identity)
    mustBePrivate(step, stat, 'no password')
    const lines = parseOptionFile(
      orUnreadable(step, () => readFileSync(fd, 'utf8')),
      step.path,
    )
    if (lines.some(isPassword)) mustBePrivate(step, stat, 'password')
    return { identity, lines }
  } finally {
    closeSync(fd)
  }
}

function mustEnd(step: Step, identity: string): void {
  const above: string[] = []
  for (let { from } = step; from !== null; from = from.step.from) {
    above.unshift(from.step.path)
    if (from.identity === identity) throw astray(step, 'the file includes itself', [...above, step.path])
  }
  if (above.length > deepest) throw astray(step, `includes go deeper than ${deepest}`, [...above, step.path])
}

function astray({ from }: Step, what: string, chain: readonly string[]): Failure {
  return new Failure('bad-setting', `${from?.step.path}:${from?.line}: ${what}: ${chain.join(' -> ')}`)
}

function mustBePrivate(step: Step, stat: Stats, content: 'password' | 'no password'): void {
  const us = { uid: process.geteuid!(), gid: process.getegid!() }
  const wrong = exposure(stat, { us, content })
  if (wrong !== null) throw new Failure('option-file-exposed', `${step.path}${includedAt(step)} ${wrong}`)
}

/** Whether it wins or not: it stands there for others to read. */
function isPassword(line: OptionFileLine): boolean {
  return (
    line.kind === 'option' &&
    (line.group === 'client' || line.group === 'mysql-quiesce') &&
    readName(line.name).setting === 'password'
  )
}

/** Of a folder, the files that end in `.cnf`, hidden ones too, sorted by their bytes, as the clients have them. */
function pathsOf({ kind, path: written, line }: IncludeLine, step: Step): string[] {
  const path = absolutePath(written, dirname(step.path))
  if (kind === 'include') return [path]
  const place: Step = { path, from: { step, line, identity: '' } }
  return orUnreadable(place, () => readdirSync(path, { withFileTypes: true }))
    .filter((entry) => entry.name.endsWith('.cnf') && !entry.isDirectory())
    .map((entry) => join(path, entry.name))
    .toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
}

function orUnreadable<Result>(step: Step, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw unreadable(step, `cannot be read: ${systemMessage(error)}`, error)
  }
}

function unreadable(step: Step, what: string, cause?: unknown): Failure {
  return new Failure('option-file-unreadable', `${step.path}${includedAt(step)} ${what}`, { cause })
}

function includedAt({ from }: Step): string {
  return from === null ? '' : ` (included at ${from.step.path}:${from.line})`
}
