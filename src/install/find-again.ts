import { dirname, join } from 'node:path'
import { sha256Of } from '../adapters/sha256.ts'
import { platforms } from '../platforms/all.ts'
import { putEverywhere } from '../platforms/everywhere.ts'
import type { Platform, Put } from '../platforms/platform.ts'
import { withValue } from './agent-config.ts'
import { namesIn } from './look.ts'
import type { Entry, Manifest } from './manifest.ts'
import { bundleId, isBundleId, keptName, leadsToCurrent, versionOf } from './ours.ts'
import { sumsOf } from './source-bundle.ts'
import { stateDirsOf } from './state-dirs.ts'
import type { TargetSystem } from './target.ts'

type System = Pick<TargetSystem, 'prefix' | 'at' | 'look'>

/**
 * What an installation without its manifest shows of itself: whole folders of bundles, links to the current one, what was kept for
 * them, and copies of files of such a bundle. Null where there is nothing of it. What was there before install came, and which
 * directories it made outside of the prefix, nobody knows any more.
 */
export function foundAgain(system: System): Manifest | null {
  const bundles = bundlesIn(system)
  const everywhere = putEverywhere({ stateDir: '/' }).flatMap((put) => entriesOf(put, bundles, system))
  const found = platforms.map((platform) => ({ platform, entries: placed(platform, bundles, system) }))
  const entries = [
    ...bundles.flatMap((bundle) => bundle.entries),
    ...current(system),
    ...everywhere,
    ...found.flatMap((each) => each.entries),
  ]
  if (entries.length === 0) return null
  return {
    format: 1,
    version: bundles.map(({ id }) => versionOf(id)).at(-1) ?? '',
    platforms: found.filter((each) => each.entries.length > 0).map(({ platform }) => platform.name),
    stateDirs: stateDirsOf({ ...system, manifest: null }),
    entries,
  }
}

interface FoundBundle {
  readonly id: string
  readonly sums: ReadonlyMap<string, string>
  readonly entries: readonly Entry[]
}

/** A folder of the prefix is a bundle of ours when it is called after the checksum of its checksums. */
function bundlesIn({ prefix, at, look }: System): FoundBundle[] {
  return namesIn(prefix, at).flatMap((id) => {
    const own = look(join(prefix, id, 'SHA256SUMS'))
    if (own.kind !== 'file' || bundleId(versionOf(id), own.sha256) !== id) return []
    const sums = sumsOf(at(join(prefix, id))).set('SHA256SUMS', own.sha256)
    const nodePath = look(join(prefix, id, 'node-path'))
    if (nodePath.kind === 'file') sums.set('node-path', nodePath.sha256)
    const names = [...sums.keys()]
    const folders = new Set([prefix, ...names.map((name) => dirname(join(prefix, id, name)))])
    const directories = [...folders].toSorted().map((path): Entry => ({ kind: 'directory', path }))
    return [{ id, sums, entries: [...directories, ...[...sums].map(fileIn(join(prefix, id)))] }]
  })
}

function fileIn(folder: string) {
  return ([name, sha256]: readonly [string, string]): Entry => ({
    kind: 'file',
    path: join(folder, name),
    sha256: [sha256],
  })
}

function current({ prefix, look }: System): Entry[] {
  const path = join(prefix, 'current')
  const thing = look(path)
  return thing.kind === 'link' && isBundleId(thing.target)
    ? [{ kind: 'link', path, targets: [thing.target] }]
    : []
}

/** In any of its places; some are in several of them. */
function placed({ places }: Platform, bundles: readonly FoundBundle[], system: System): Entry[] {
  const entries = places.flatMap(({ puts }) => puts.flatMap((put) => entriesOf(put, bundles, system)))
  return entries.filter(
    ({ kind, path }, index) =>
      entries.findIndex((other) => other.kind === kind && other.path === path) === index,
  )
}

function entriesOf(put: Put, bundles: readonly FoundBundle[], { prefix, look }: System): Entry[] {
  const { path } = put
  const thing = look(path)
  if (put.put === 'link' && thing.kind === 'link' && leadsToCurrent(thing, prefix)) {
    const at = keptName(path)
    const isChained = put.chained !== undefined && thing.target === join(prefix, 'current', put.chained)
    const isKept = isChained && look(at).kind !== 'absent'
    return [
      ...(isKept ? [{ kind: 'kept', path, at } as const] : []),
      { kind: 'link', path, targets: [thing.target] },
    ]
  }
  if (thing.kind !== 'file') return []
  const isCopy = put.put === 'file' && bundles.some(({ sums }) => sums.get(put.from) === thing.sha256)
  const isMade =
    put.put === 'option' &&
    leadsToCurrent(look(put.value), prefix) &&
    sha256Of(withValue('', put)) === thing.sha256
  return isCopy || isMade ? [{ kind: 'file', path, sha256: [thing.sha256] }] : []
}
