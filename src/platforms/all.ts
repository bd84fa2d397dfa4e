import { Failure } from '../core/failure.ts'
import type { Platform, PlatformName } from './platform.ts'
import { qemu } from './qemu.ts'
import { veeam } from './veeam.ts'
import { vmwareScriptsD } from './vmware-scripts-d.ts'
import { vmware } from './vmware.ts'

/** Every platform, in the order in which they are named to people. */
export const platforms: readonly Platform[] = [vmware, vmwareScriptsD, veeam, qemu]

/**
 * The platforms of these names, each once, in the order of the table. Throws `usage` for a name that is none, and
 * `locks-twice` for two that would both call us for one snapshot.
 */
export function platformsNamed(names: readonly string[]): Platform[] {
  const unknown = names.find((name) => !platforms.some((platform) => platform.name === name))
  if (unknown !== undefined) {
    const known = platforms.map(({ name }) => name).join(', ')
    throw new Failure('usage', `there is no platform ${JSON.stringify(unknown)}; there are ${known}`)
  }
  return platforms.filter(({ name }) => names.includes(name))
}

/** Throws `locks-twice` where one of them excludes another. */
export function refuseTwice(chosen: readonly Platform[]): void {
  const names: readonly PlatformName[] = chosen.map(({ name }) => name)
  for (const { name, excludes } of chosen) {
    const other = excludes.find((excluded) => names.includes(excluded))
    if (other) throw new Failure('locks-twice', `both ${name} and ${other} would be called for one snapshot`)
  }
}

/** Those whose invoker `isThere`. */
export function detected(isThere: (path: string) => boolean): Platform[] {
  return platforms.filter(({ detect }) => detect.some(isThere))
}
