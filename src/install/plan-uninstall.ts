import { sha256Of } from '../adapters/sha256.ts'
import { configPath } from '../platforms/everywhere.ts'
import { notesOnHooksGone } from './hooks-gone.ts'
import type { Entry, Manifest } from './manifest.ts'
import { isAbout } from './manifest.ts'
import type { Plan } from './plan-install.ts'
import type { Step } from './step.ts'
import { describe, isSame, type Lookup } from './thing.ts'

export interface UninstallFacts {
  readonly manifestPath: string
  readonly manifest: Manifest
  readonly look: Lookup
}

/** Takes out what the manifest names, last in first out, and the manifest last. What was changed since stays, and is named. */
export function planUninstall({ manifestPath, manifest, look }: UninstallFacts): Plan {
  const { entries } = manifest
  const above = entries.filter(
    ({ kind, path }) => kind === 'directory' && manifestPath.startsWith(`${path}/`),
  )
  const removals = entries
    .filter((entry) => !above.includes(entry))
    .toReversed()
    .map((entry) => removal(entry, look, entries))
  const steps = removals.flatMap((each) => each.steps)
  return {
    steps: [
      ...steps,
      { do: 'forget', path: manifestPath, directories: above.map(({ path }) => path).toReversed() },
    ],
    inTheWay: [],
    notes: [
      ...removals.flatMap(({ notes }) => notes),
      ...notesOnHooksGone(steps, look),
      ...notesOnSettings(manifest, look),
    ],
  }
}

/** The option file stays where it is not the example that install put there. */
function notesOnSettings({ entries }: Manifest, look: Lookup): string[] {
  const isKnown = entries.some(isAbout({ kind: 'file', path: configPath }))
  return isKnown || look(configPath).kind === 'absent' ? [] : [`${configPath} stays as it is`]
}

export interface Removal {
  readonly steps: readonly Step[]
  readonly notes: readonly string[]
}

/** What it takes to be without this entry; `entries` are those that are there with it. */
export function removal(entry: Entry, look: Lookup, entries: readonly Entry[]): Removal {
  const draft = look(draftOf(entry.path))
  const swept: Step[] = draft.kind === 'file' || draft.kind === 'link' ? [remove(draftOf(entry.path))] : []
  const { steps, notes } = taken(entry, look, entries)
  return { steps: [...swept, ...steps], notes }
}

/** Where a file or link is made before it takes the place of another one. */
export function draftOf(path: string): string {
  return path.replace(/([^/]*)$/, '.$1.mysql-quiesce-new')
}

function taken(entry: Entry, look: Lookup, entries: readonly Entry[]): Removal {
  switch (entry.kind) {
    case 'file':
      return withoutFile(entry, look)
    case 'link':
      return withoutLink(entry, look, entries)
    case 'kept':
      return withoutKept(entry, look, entries)
    case 'edited':
      return withoutEdit(entry, look)
    case 'directory':
      return look(entry.path).kind === 'directory'
        ? only({ do: 'remove-directory', path: entry.path })
        : nothing
  }
}

function withoutFile({ path, sha256 }: Extract<Entry, { kind: 'file' }>, look: Lookup): Removal {
  const thing = look(path)
  if (thing.kind === 'absent') return nothing
  if (thing.kind === 'file' && sha256.includes(thing.sha256)) return only(remove(path))
  return stays(`${path} is not as it was installed, and stays`)
}

/** The link makes way for the file that was kept for it in one step, so that there is always one of them. */
function withoutLink(
  { path, targets }: Extract<Entry, { kind: 'link' }>,
  look: Lookup,
  entries: readonly Entry[],
): Removal {
  const thing = look(path)
  const kept = entries.find(isAbout({ kind: 'kept', path }))
  if (thing.kind === 'absent') return nothing
  if (thing.kind === 'link' && targets.includes(thing.target)) {
    const comesBack = kept?.kind === 'kept' && look(kept.at).kind !== 'absent'
    return comesBack ? nothing : only(remove(path))
  }
  if (kept?.kind === 'kept' && isSame(thing, look(kept.at))) return nothing
  return stays(`${path} is ${describe(thing)} now, and stays`)
}

function withoutKept(
  { path, at }: Extract<Entry, { kind: 'kept' }>,
  look: Lookup,
  entries: readonly Entry[],
): Removal {
  const [thing, kept] = [look(path), look(at)]
  if (kept.kind === 'absent') return nothing
  // Killed before ours came into its place
  if (isSame(thing, kept)) return only(remove(at))
  const ours = entries.find(isAbout({ kind: 'link', path }))
  const isOurs = thing.kind === 'link' && ours?.kind === 'link' && ours.targets.includes(thing.target)
  if (thing.kind === 'absent' || isOurs) return only({ do: 'restore', path, from: at })
  return stays(`${path} is ${describe(thing)} now, so ${at} stays where it is`)
}

function withoutEdit({ path, before, sha256 }: Extract<Entry, { kind: 'edited' }>, look: Lookup): Removal {
  const thing = look(path)
  if (thing.kind === 'file' && sha256.includes(thing.sha256))
    return only({ do: 'write', path, mode: thing.mode, text: before })
  if (thing.kind === 'absent' || (thing.kind === 'file' && thing.sha256 === sha256Of(before))) return nothing
  return stays(`${path} was changed since we set our hook in it, and stays`)
}

const nothing: Removal = { steps: [], notes: [] }

function only(step: Step): Removal {
  return { steps: [step], notes: [] }
}

function stays(note: string): Removal {
  return { steps: [], notes: [note] }
}

function remove(path: string): Step {
  return { do: 'remove', path }
}
