import { Failure } from '../core/failure.ts'

/** One thing that install put into the system, or moved. Several hashes or targets: an upgrade was under way. */
export type Entry =
  | { readonly kind: 'file'; readonly path: string; readonly sha256: readonly string[] }
  | { readonly kind: 'link'; readonly path: string; readonly targets: readonly string[] }
  | { readonly kind: 'directory'; readonly path: string }
  /** Somebody else's file: its path is ours now, and it lies at `at`. */
  | { readonly kind: 'kept'; readonly path: string; readonly at: string }
  /** Somebody else's file in which we changed an option; `before` is its text as it was. */
  | {
      readonly kind: 'edited'
      readonly path: string
      readonly before: string
      readonly sha256: readonly string[]
    }

/** manifest.json: what is installed, in the order in which it was put there. Written before anything else is done. */
export interface Manifest {
  readonly format: 1
  readonly version: string
  readonly platforms: readonly string[]
  /** Where its runs meet. Several: an upgrade was under way. None in manifests of an older version. */
  readonly stateDirs?: readonly string[]
  readonly entries: readonly Entry[]
}

export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 1)}\n`
}

/** Throws `manifest-damaged`. */
export function parseManifest(text: string, path: string): Manifest {
  const manifest = parsed(text, path)
  if (!isManifest(manifest)) throw damaged(path, 'holds no manifest of format 1')
  return manifest
}

/**
 * Both at once, for the time in which one takes the place of the other: whatever moment the machine stops at, each thing that
 * is there is known to be ours.
 */
export function together(former: Manifest | null, next: Manifest): Manifest {
  if (former === null) return next
  const others = former.entries.filter((entry) => !next.entries.some(isAbout(entry)))
  const merged = next.entries.map((entry) => withFormer(entry, former.entries.find(isAbout(entry))))
  const stateDirs = union(former.stateDirs ?? [], next.stateDirs ?? [])
  return { ...next, stateDirs, entries: [...others, ...merged] }
}

/** Of the same kind and at the same path. */
export function isAbout({ kind, path }: Pick<Entry, 'kind' | 'path'>): (entry: Entry) => boolean {
  return (entry) => entry.kind === kind && entry.path === path
}

function withFormer(entry: Entry, former: Entry | undefined): Entry {
  if (entry.kind === 'link' && former?.kind === 'link')
    return { ...entry, targets: union(former.targets, entry.targets) }
  if (entry.kind === 'file' && former?.kind === 'file')
    return { ...entry, sha256: union(former.sha256, entry.sha256) }
  if (entry.kind === 'edited' && former?.kind === 'edited')
    return { ...entry, sha256: union(former.sha256, entry.sha256) }
  return entry
}

function union(some: readonly string[], others: readonly string[]): string[] {
  return [...new Set([...some, ...others])]
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw damaged(path, 'is not JSON', cause)
  }
}

function isManifest(value: unknown): value is Manifest {
  if (!isObject(value)) return false
  const { format, version, platforms, stateDirs, entries }: Partial<Record<keyof Manifest, unknown>> = value
  return (
    format === 1 &&
    typeof version === 'string' &&
    isStrings(platforms) &&
    (stateDirs === undefined || isStrings(stateDirs)) &&
    Array.isArray(entries) &&
    entries.every(isEntry)
  )
}

function isEntry(value: unknown): value is Entry {
  if (!isObject(value)) return false
  const { kind, path, sha256, targets, at, before }: Partial<Record<EntryField, unknown>> = value
  if (!isPath(path)) return false
  if (kind === 'file') return isStrings(sha256)
  if (kind === 'link') return isStrings(targets)
  if (kind === 'kept') return isPath(at)
  if (kind === 'edited') return isStrings(sha256) && typeof before === 'string'
  return kind === 'directory'
}

type EntryField = 'kind' | 'path' | 'sha256' | 'targets' | 'at' | 'before'

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/')
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function damaged(path: string, what: string, cause?: unknown): Failure {
  return new Failure('manifest-damaged', `${path} ${what}`, { cause })
}
