import { dirname, join } from 'node:path'
import { notesOnHooksGone } from './hooks-gone.ts'
import type { Entry, Manifest } from './manifest.ts'
import { formatManifest, isAbout, together } from './manifest.ts'
import { removal } from './plan-uninstall.ts'
import { putDirectory, putFile, putLink, putOption } from './put.ts'
import type { Put } from './put.ts'
import type { Step } from './step.ts'
import { describe, type Lookup } from './thing.ts'
import type { Wanted } from './wanted.ts'

export interface InstallFacts {
  readonly prefix: string
  readonly version: string
  readonly platforms: readonly string[]
  readonly stateDir: string
  readonly wanted: readonly Wanted[]
  /** What was installed before, perhaps not to its end. */
  readonly former: Manifest | null
  readonly look: Lookup
  /** Whether somebody else's program in the way is to be kept and called. */
  readonly others: 'leave' | 'chain'
}

export interface Plan {
  /** Nothing to do where there are none. */
  readonly steps: readonly Step[]
  /** What stands in the way, a sentence each; where there is one, nothing is to be done. */
  readonly inTheWay: readonly string[]
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * What to do so that what is wanted is there, and what was there of us and is not wanted any more is gone. The manifest
 * is written first, with everything that was or will be ours, and last, with what is.
 */
export function planInstall(facts: InstallFacts): Plan {
  const { prefix, version, platforms, stateDir, wanted, former, look } = facts
  const puts = wanted.map((each) => putOne(each, facts))
  const parents = directoriesFor(wanted, facts)
  const entries = inOrder(parents, puts)
  const manifest: Manifest = { format: 1, version, platforms, stateDirs: [stateDir], entries }
  const obsolete = (former?.entries ?? []).filter((entry) => !entries.some(isAbout(entry)))
  const removed = obsolete.toReversed().map((entry) => removal(entry, look, entries))
  const done = [
    ...parents.steps,
    ...puts.flatMap(({ steps }) => steps),
    ...removed.flatMap(({ steps }) => steps),
  ]
  const notes = [...puts, ...removed].flatMap((each) => each.notes)
  return {
    steps: noted(done, { path: manifestPath(prefix), former, manifest, look }),
    inTheWay: [...parents.inTheWay, ...puts.flatMap(({ inTheWay }) => inTheWay)],
    notes: [...notes, ...notesOnHooksGone(done, look)],
  }
}

export function manifestPath(prefix: string): string {
  return join(prefix, 'manifest.json')
}

function putOne(wanted: Wanted, { prefix, former, look, others }: InstallFacts): Put {
  const context = { prefix, former: former?.entries ?? [], look, others }
  switch (wanted.kind) {
    case 'file':
      return putFile(wanted, context)
    case 'link':
      return putLink(wanted, context)
    case 'directory':
      return putDirectory(wanted, context)
    case 'option':
      return putOption(wanted, context)
  }
}

interface Parents {
  readonly steps: readonly Step[]
  readonly inTheWay: readonly string[]
  readonly entries: readonly Entry[]
}

/** The directories above what is wanted, from the top: those that are missing are made, and those that we made stay ours. */
function directoriesFor(wanted: readonly Wanted[], { former, look, prefix }: InstallFacts): Parents {
  const above = [...new Set([manifestPath(prefix), ...wanted.map(({ path }) => path)].flatMap(parentsOf))]
  const paths = above.filter((path) => !wanted.some((each) => each.path === path))
  const seen = paths.map((path) => ({ path, thing: look(path) }))
  const missing = seen.filter(({ thing }) => thing.kind === 'absent')
  const wrong = seen.filter(({ thing }) => !isDirectory(thing) && thing.kind !== 'absent')
  const ours = paths.filter(
    (path) =>
      missing.some((each) => each.path === path) ||
      former?.entries.some(isAbout({ kind: 'directory', path })),
  )
  return {
    // The first note makes the prefix and what is above it
    steps: missing
      .filter(({ path }) => path !== prefix && !prefix.startsWith(`${path}/`))
      .map(({ path }) => ({ do: 'make-directory', path, mode: 0o755 })),
    inTheWay: wrong.map(({ path, thing }) => `${path} has to be a directory and is ${describe(thing)}`),
    entries: ours.map((path) => ({ kind: 'directory', path })),
  }
}

function isDirectory(thing: ReturnType<Lookup>): boolean {
  return thing.kind === 'directory' || (thing.kind === 'link' && thing.leadsTo === 'directory')
}

function parentsOf(path: string): string[] {
  const parent = dirname(path)
  return parent === '/' ? [] : [...parentsOf(parent), parent]
}

function inOrder({ entries }: Parents, puts: readonly Put[]): Entry[] {
  return [...entries, ...puts.flatMap((put) => put.entries)]
}

interface Noting {
  readonly path: string
  readonly former: Manifest | null
  readonly manifest: Manifest
  readonly look: Lookup
}

function noted(done: readonly Step[], { path, former, manifest, look }: Noting): Step[] {
  const note = (what: Manifest): Step => ({ do: 'note', path, text: formatManifest(what) })
  const thing = look(path)
  const isNoted = thing.kind === 'file' && thing.text === formatManifest(manifest)
  if (done.length === 0) return isNoted ? [] : [note(manifest)]
  return [note(together(former, manifest)), ...done, note(manifest)]
}
