import { dirname, join, resolve } from 'node:path'
import type { Platform, ScriptPlace } from '../platforms/platform.ts'
import { namesIn } from './look.ts'
import { keptName } from './ours.ts'
import type { TargetSystem } from './target.ts'
import { type Script, textOf, type Thing } from './thing.ts'

type System = Pick<TargetSystem, 'prefix' | 'at' | 'look'>

/** Every file where the agent of this platform runs scripts, in the order in which they are run. */
export function scriptsOf(platform: Platform, system: System): Script[] {
  const ours = platform.places.flatMap(({ puts }) => puts.map(({ path }) => path))
  return platform.scripts.flatMap((place) =>
    pathsIn(place, system).map((path) => {
      const thing = system.look(path)
      return { path, thing, runs: place.runs, whose: whose(path, { thing, ours, prefix: system.prefix }) }
    }),
  )
}

function pathsIn({ path }: ScriptPlace, { look, at }: System): string[] {
  const thing = look(path)
  const isFolder = thing.kind === 'directory' || (thing.kind === 'link' && thing.leadsTo === 'directory')
  if (isFolder) return namesIn(path, at).map((name) => join(path, name))
  return thing.kind === 'absent' ? [] : [path]
}

interface Known {
  readonly thing: Thing
  readonly ours: readonly string[]
  readonly prefix: string
}

function whose(path: string, { thing, ours, prefix }: Known): Script['whose'] {
  if (path.endsWith(keptName(''))) return 'called by us'
  if (ours.includes(path)) return 'us'
  const leadsToUs = thing.kind === 'link' && resolve(dirname(path), thing.target).startsWith(`${prefix}/`)
  return leadsToUs || callsUs(textOf(thing)) ? 'us again' : 'other'
}

/** One that only reads our log, say, does not. */
function callsUs(text: string): boolean {
  return text.includes('mysql-quiesce') && /pre-freeze|post-thaw|locktables|freeze-or-thaw/.test(text)
}
