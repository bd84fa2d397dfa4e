import { join } from 'node:path'
import type { Thing } from './thing.ts'

/** The name of the folder of a bundle: its version and the beginning of the checksum of its checksums. */
export function bundleId(version: string, sumOfSums: string): string {
  return `${version}-${sumOfSums.slice(0, 8)}`
}

/** Whether a folder may be called so by install alone. */
export function isBundleId(name: string): boolean {
  return /^[^/]+-[0-9a-f]{8}$/.test(name)
}

/** The version in the name of such a folder. */
export function versionOf(id: string): string {
  return id.replace(/-[0-9a-f]{8}$/, '')
}

/** Where somebody else's file waits: beside its place, under a name that folders of hooks pass over. */
export function keptName(path: string): string {
  return `${path}.mysql-quiesce.orig`
}

/** Whether it is a link as install makes them: to a file of the bundle that `current` leads to. Any other one in the prefix may be somebody else's. */
export function leadsToCurrent(thing: Thing, prefix: string): boolean {
  return thing.kind === 'link' && thing.target.startsWith(`${join(prefix, 'current')}/`)
}
