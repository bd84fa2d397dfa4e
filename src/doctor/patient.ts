import type { Flags } from '../adapters/settings.ts'
import { asFailure, type Failure } from '../core/failure.ts'
import type { Manifest } from '../install/manifest.ts'
import { manifestIn, systemNamed, type TargetNames, type TargetSystem } from '../install/target.ts'
import { detected, platformsNamed } from '../platforms/all.ts'
import type { Platform } from '../platforms/platform.ts'

/** What is looked at: a system, what is installed in it, and for whom. */
export interface Patient extends Omit<TargetSystem, 'manifest'> {
  readonly manifest: Manifest | Failure | null
  /** The folder of the bundle, a path of that system: the installed one, or else that of the command. */
  readonly folder: string
  /** Facts that are built into the command. */
  readonly version: string
  readonly stateDir: string
  readonly platforms: readonly Platform[]
  /** `a folder`: with --root, where there are files and nothing runs. */
  readonly is: 'this machine' | 'a folder'
  /** Settings of the command line. */
  readonly flags: Flags
}

export interface PatientNames extends TargetNames {
  /** None: those that are installed, or else detected. */
  readonly platforms: readonly string[]
  readonly bundle: { readonly folder: string; readonly version: string; readonly stateDir: string }
  readonly flags: Flags
}

/** Throws `usage` for a platform that is none, and `bad-setting` for a prefix that is none. */
export function patientNamed({ platforms: named, bundle, flags, ...names }: PatientNames): Patient {
  const system = systemNamed(names)
  const manifest = manifestOrFailure(system)
  const current = `${system.prefix}/current`
  const isInstalled = system.look(current).kind !== 'absent'
  return {
    ...system,
    ...bundle,
    manifest,
    folder: isInstalled ? current : bundle.folder,
    platforms: chosen(named, manifest, system),
    is: system.root === '/' ? 'this machine' : 'a folder',
    flags,
  }
}

function manifestOrFailure(system: Omit<TargetSystem, 'manifest'>): Manifest | Failure | null {
  try {
    return manifestIn(system)
  } catch (error) {
    return asFailure(error)
  }
}

function chosen(
  named: readonly string[],
  manifest: Patient['manifest'],
  { look }: Pick<TargetSystem, 'look'>,
): Platform[] {
  if (named.length > 0) return platformsNamed(named)
  if (manifest !== null && 'platforms' in manifest && manifest.platforms.length > 0)
    return platformsNamed(manifest.platforms)
  return detected((path) => look(path).kind !== 'absent')
}
