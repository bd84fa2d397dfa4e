import { readlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sha256Of } from '../../adapters/sha256.ts'
import { valueIn } from '../../install/agent-config.ts'
import { keptName } from '../../install/ours.ts'
import { sumsOf } from '../../install/source-bundle.ts'
import { textOf } from '../../install/thing.ts'
import { type Wanted, wantedFor } from '../../install/wanted.ts'
import type { Platform } from '../../platforms/platform.ts'
import type { PlaceFact } from '../checks/places.ts'
import type { Patient } from '../patient.ts'
import { realFolder } from './bundle.ts'

/** Everything that install puts outside of the prefix for this platform, or for all (null). */
export function lookAtPlaces(patient: Patient, platform: Platform | null): PlaceFact[] {
  const everywhere = wanted(patient, [])
  if (platform === null) return everywhere.map((each) => placeFact(each, patient, null))
  return wanted(patient, [platform])
    .filter(({ path }) => !everywhere.some((each) => each.path === path))
    .map((each) => placeFact(each, patient, platform.name))
}

/** As install wants it, of the bundle that is there. */
function wanted(patient: Patient, platforms: readonly Platform[]): Wanted[] {
  const { prefix, look, version, stateDir } = patient
  const folder = realFolder(patient)
  const files = [...sumsOf(folder)].map(([name, sha256]) => ({ name, sha256, mode: 0o644 }))
  const bundle = { folder, version, stateDir, id: idOf(patient), files, hash: sha256Of }
  return wantedFor(bundle, { prefix, platforms, node: null }, look).filter(
    ({ path }) => !path.startsWith(`${prefix}/`),
  )
}

function idOf({ folder, at }: Patient): string {
  try {
    return basename(readlinkSync(at(folder)))
  } catch {
    return basename(dirname(join(folder, '_')))
  }
}

function placeFact(each: Wanted, { look }: Patient, platform: string | null): PlaceFact {
  const thing = look(each.path)
  const value = each.kind === 'option' ? valueIn(textOf(thing), each.option) : null
  const keptAt = keptName(each.path)
  const kept = each.kind === 'link' ? { path: keptAt, thing: look(keptAt) } : null
  return { wanted: each, thing, kept, value, platform }
}
