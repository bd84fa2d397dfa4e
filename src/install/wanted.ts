import { join } from 'node:path'
import { Failure } from '../core/failure.ts'
import { exampleName, putEverywhere } from '../platforms/everywhere.ts'
import type { Condition, ConfigOption, Place, Platform, Put } from '../platforms/platform.ts'
import { leadsToCurrent } from './ours.ts'
import type { SourceBundle } from './source-bundle.ts'
import { type Lookup, textOf } from './thing.ts'

/** One thing that has to be there when all is done. */
export type Wanted =
  | WantedFile
  | { readonly kind: 'link'; readonly path: string; readonly target: string; readonly chained?: string }
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'option'; readonly path: string; readonly option: ConfigOption }

export interface WantedFile {
  readonly kind: 'file'
  readonly path: string
  readonly mode: number
  readonly sha256: string
  readonly content: Content
  /** `bundle`: put right whatever it is; `config`: not when it was changed; `operator`: never again once it is there. */
  readonly role: 'bundle' | 'config' | 'operator'
}

type Content = { readonly from: string } | { readonly text: string }

export interface Target {
  /** Where the bundle goes: `/usr/lib/mysql-quiesce`. */
  readonly prefix: string
  readonly platforms: readonly Platform[]
  /** What is put into the option file instead of the example. */
  readonly optionFile?: string | undefined
  /** The Node.js that runs us; null where the bundle has its own. */
  readonly node: string | null
}

/**
 * Everything that has to be there, in the order in which it is put there: the bundle under its own name, the link that
 * makes it the current one, then what leads to it.
 */
export function wantedFor(bundle: SourceBundle, target: Target, look: Lookup): Wanted[] {
  const { prefix } = target
  const here = join(prefix, bundle.id)
  const current = join(prefix, 'current')
  return [
    ...bundle.files.map((file): Wanted => ({
      kind: 'file',
      path: join(here, file.name),
      mode: file.mode,
      sha256: file.sha256,
      content: { from: file.name },
      role: 'bundle',
    })),
    ...nodePath(here, bundle, target.node),
    { kind: 'link', path: current, target: bundle.id },
    ...[
      ...putEverywhere(bundle),
      ...target.platforms.flatMap((platform) => putsOf(platform, prefix, look)),
    ].map((put) => resolved(put, { bundle, current, optionFile: target.optionFile })),
  ]
}

function nodePath(here: string, { hash }: SourceBundle, node: string | null): Wanted[] {
  if (node === null) return []
  const text = `${node}\n`
  const path = join(here, 'node-path')
  return [{ kind: 'file', path, mode: 0o644, sha256: hash(text), content: { text }, role: 'bundle' }]
}

function putsOf({ name, places }: Platform, prefix: string, look: Lookup): readonly Put[] {
  const place = places.find(({ when }: Place) => when.every((condition) => holds(condition, prefix, look)))
  if (place === undefined) throw new Error(`no place of ${name} fits`)
  return place.puts
}

function holds(condition: Condition, prefix: string, look: Lookup): boolean {
  const thing = look(condition.path)
  if (condition.is === 'there') return thing.kind !== 'absent'
  return !leadsToCurrent(thing, prefix) && textOf(thing).includes('fsfreeze-hook.d')
}

interface Bundled {
  readonly bundle: SourceBundle
  readonly current: string
  readonly optionFile: string | undefined
}

function resolved(put: Put, { bundle, current, optionFile }: Bundled): Wanted {
  switch (put.put) {
    case 'link':
      return {
        kind: 'link',
        path: put.path,
        target: join(current, put.to),
        ...(put.chained === undefined ? {} : { chained: join(current, put.chained) }),
      }
    case 'directory':
      return { kind: 'directory', path: put.path, mode: put.mode }
    case 'option': {
      const { put: _, path, ...option } = put
      return { kind: 'option', path, option }
    }
    case 'file':
      return fileOf(put, bundle, optionFile)
  }
}

function fileOf(
  { path, from, mode, belongsTo }: Extract<Put, { put: 'file' }>,
  bundle: SourceBundle,
  optionFile: string | undefined,
): WantedFile {
  const role = belongsTo === 'operator' ? 'operator' : 'config'
  if (from === exampleName && optionFile !== undefined) {
    return {
      kind: 'file',
      path,
      mode,
      sha256: bundle.hash(optionFile),
      content: { text: optionFile },
      role,
    }
  }
  const file = bundle.files.find(({ name }) => name === from)
  if (file === undefined) throw new Failure('bundle-changed', `${bundle.folder} has no ${from}`)
  return { kind: 'file', path, mode, sha256: file.sha256, content: { from }, role }
}
