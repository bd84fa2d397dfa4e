import { Failure } from '../core/failure.ts'
import { detected, platformsNamed, refuseTwice } from '../platforms/all.ts'
import type { Platform } from '../platforms/platform.ts'
import { scriptsOf } from './scripts.ts'
import type { SourceBundle } from './source-bundle.ts'
import type { TargetSystem } from './target.ts'
import { isRun, type Lookup } from './thing.ts'

export interface Chosen {
  readonly platforms: readonly Platform[]
  readonly because: 'named' | 'installed before' | 'detected'
}

/**
 * The platforms that were named, or those that are installed, or those whose agents are there. Throws `usage` for one that is unknown or
 * not in the bundle, `locks-twice` for two that exclude each other.
 */
export function choosePlatforms(
  named: readonly string[],
  { bundle, ...target }: TargetSystem & { readonly bundle: SourceBundle },
): Chosen {
  const chosen = chosenBy(named, target)
  for (const platform of chosen.platforms) refuseUnlessIn(bundle, platform)
  refuseTwice(chosen.platforms)
  for (const platform of chosen.platforms) refuseUsAgain(platform, target)
  return chosen
}

function chosenBy(named: readonly string[], { manifest, look }: TargetSystem): Chosen {
  if (named.length > 0) return { platforms: platformsNamed(named), because: 'named' }
  if (manifest && manifest.platforms.length > 0)
    return { platforms: platformsNamed(manifest.platforms), because: 'installed before' }
  return { platforms: detected((path) => isThere(path, look)), because: 'detected' }
}

/** A sentence for each agent that is not installed. */
export function missingAgents(platforms: readonly Platform[], look: Lookup): string[] {
  return platforms.flatMap(({ title, requirements }) =>
    requirements.flatMap(({ look: at, fix }) => {
      if (at.at !== 'programs' || at.anyOf.some((path) => isThere(path, look))) return []
      return [`${title}: there is no ${at.anyOf.join(' and no ')}; ${fix}`]
    }),
  )
}

function isThere(path: string, look: Lookup): boolean {
  const thing = look(path)
  return thing.kind !== 'absent' && !(thing.kind === 'link' && thing.leadsTo === 'nothing')
}

function refuseUnlessIn({ files, folder }: SourceBundle, { name, ships }: Platform): void {
  const missing = ships.find((shipped) => !files.some((file) => file.name === shipped.name))
  if (missing) throw new Failure('usage', `${folder} was built without ${name}: it has no ${missing.name}`)
}

/** Ours among the scripts that its agent runs, and put there by somebody else than install, would lock a second time. */
function refuseUsAgain(platform: Platform, target: TargetSystem): void {
  const again = scriptsOf(platform, target).find(
    (script) =>
      script.whose === 'us again' &&
      // A link may lead nowhere until we are there.
      (script.thing.kind === 'link' || isRun(script)) &&
      !target.manifest?.entries.some(({ path }) => path === script.path),
  )
  if (again !== undefined)
    throw new Failure('locks-twice', `${again.path} calls us already, and ${platform.name} would too`)
}
