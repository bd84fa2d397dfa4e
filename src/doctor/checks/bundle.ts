import type { Failure } from '../../core/failure.ts'
import { type Check, notApplicable, ok, problem } from '../check.ts'

/** The installed bundle as it is, beside what it should be. */
export interface BundleFacts {
  /** What the manifest says; null: there is none. A failure: it is damaged. */
  readonly installed: { readonly version: string; readonly platforms: readonly string[] } | Failure | null
  readonly prefix: string
  /** The prefix in which the bundle of the command is installed, when it is another one. */
  readonly elsewhere: string | null
  /** The folder that was looked at: what `current` leads to, or that of the command where nothing is installed. */
  readonly folder: string
  /** What SHA256SUMS lists; a failure: it cannot be read. */
  readonly files: readonly FileFact[] | Failure
  /** A sentence for each file or folder that others than root could change. */
  readonly exposed: readonly string[]
}

/** `changed`: its hash is another one; `crlf`: and its lines end as those of Windows do. */
export interface FileFact {
  readonly name: string
  readonly is: 'as built' | 'missing' | 'changed' | 'crlf'
  /** Permission bits; null where it is missing. */
  readonly mode: number | null
  /** Begins with `#!`, or is Node.js. */
  readonly isProgram: boolean
}

const again = 'unpack the archive again and run its install'

/** Whole, unchanged, to be run by root, and to be changed by nobody else. */
export function judgeBundle(facts: BundleFacts): Check[] {
  const { files, folder } = facts
  if (!isList(files)) return [installed(facts), problem('files', files.message, again)]
  return [installed(facts), whole(files, folder), unchanged(files), modes(files), owners(facts)]
}

function isList(files: BundleFacts['files']): files is readonly FileFact[] {
  return Array.isArray(files)
}

function installed({ installed: found, prefix, elsewhere, folder }: BundleFacts): Check {
  if (found === null) {
    const advice = elsewhere === null ? `run ${folder}/install` : `mysql-quiesce doctor --prefix ${elsewhere}`
    return problem('installed', `no manifest in ${prefix}; looking at ${folder}`, advice)
  }
  if ('code' in found) return problem('installed', found.message, found.hint)
  const platforms = found.platforms.length === 0 ? 'no platform' : found.platforms.join(', ')
  return ok('installed', `${found.version} in ${prefix}, for ${platforms}`)
}

function whole(files: readonly FileFact[], folder: string): Check {
  const missing = files.filter(({ is }) => is === 'missing')
  if (missing.length === 0) return ok('files', `all ${files.length} are there, in ${folder}`)
  return problem('files', `missing in ${folder}: ${named(missing)}`, again)
}

function unchanged(files: readonly FileFact[]): Check {
  const [changed, crlf] = [
    files.filter(({ is }) => is === 'changed'),
    files.filter(({ is }) => is === 'crlf'),
  ]
  const seen = [
    ...(changed.length === 0 ? [] : [`not as built: ${named(changed)}`]),
    ...(crlf.length === 0 ? [] : [`lines end in CR LF, which sh cannot read: ${named(crlf)}`]),
  ]
  if (seen.length > 0) return problem('checksums', seen.join('; '), again)
  return ok('checksums', 'every file is what SHA256SUMS says')
}

function modes(files: readonly FileFact[]): Check {
  const programs = files.filter(({ isProgram, mode }) => isProgram && mode !== null)
  const closed = programs.filter(({ mode }) => ((mode ?? 0) & 0o500) !== 0o500)
  if (programs.length === 0) return notApplicable('modes', 'no program is there')
  if (closed.length === 0) return ok('modes', 'every program can be run')
  const seen = closed.map(({ name, mode }) => `${name} (mode ${octal(mode ?? 0)})`).join(', ')
  return problem('modes', `cannot be run: ${seen}`, 'chmod 755')
}

function owners({ exposed }: BundleFacts): Check {
  const [first, ...others] = exposed
  if (first === undefined) return ok('owner', 'nobody but root can change it')
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  return problem('owner', `${first}${more}`, 'chown it to root and chmod go-w: root runs it')
}

function named(files: readonly FileFact[]): string {
  return files.map(({ name }) => name).join(', ')
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
