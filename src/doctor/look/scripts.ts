import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { textOf, type Thing } from '../../install/thing.ts'
import type { Platform, ScriptPlace } from '../../platforms/platform.ts'
import type { ScriptFact } from '../checks/scripts.ts'
import type { Patient } from '../patient.ts'

/** Every file where the agent of this platform runs scripts, in the order in which they are run. */
export function lookAtScripts(patient: Patient, platform: Platform): ScriptFact[] {
  const ours = platform.places.flatMap(({ puts }) => puts.map(({ path }) => path))
  return platform.scripts.flatMap((place) =>
    pathsIn(place, patient).map((path) => {
      const thing = patient.look(path)
      return { path, thing, runs: place.runs, whose: whose(path, { thing, ours, prefix: patient.prefix }) }
    }),
  )
}

function pathsIn({ path }: ScriptPlace, { look, at }: Patient): string[] {
  const thing = look(path)
  const isFolder = thing.kind === 'directory' || (thing.kind === 'link' && thing.leadsTo === 'directory')
  if (!isFolder) return thing.kind === 'absent' ? [] : [path]
  return readdirSync(at(join(path, '_')).slice(0, -2))
    .toSorted()
    .map((name) => join(path, name))
}

interface Known {
  readonly thing: Thing
  readonly ours: readonly string[]
  readonly prefix: string
}

function whose(path: string, { thing, ours, prefix }: Known): ScriptFact['whose'] {
  if (path.endsWith('.mysql-quiesce.orig')) return 'called by us'
  if (ours.includes(path)) return 'us'
  const leadsToUs = thing.kind === 'link' && thing.target.startsWith(`${prefix}/`)
  return leadsToUs || textOf(thing).includes('mysql-quiesce') ? 'us again' : 'other'
}
