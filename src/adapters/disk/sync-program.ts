import { accessSync, constants } from 'node:fs'

/** Where sync(1) is, without PATH: agents may have none. busybox is its own program. */
const places = [
  { program: '/usr/bin/sync', args: [] },
  { program: '/bin/sync', args: [] },
  { program: '/usr/sbin/sync', args: [] },
  { program: '/bin/busybox', args: ['sync'] },
  { program: '/usr/bin/busybox', args: ['sync'] },
] as const

/** `one`: the file system of the path, by syncfs(2); coreutils before 8.24 and some busyboxes can only sync `all`. */
export type SyncWhat = 'one' | 'all'

/** The command that syncs; null where there is none. */
export function syncCommand(
  path: string,
  what: SyncWhat,
  isThere: (program: string) => boolean = canRun,
): readonly string[] | null {
  const found = places.find(({ program }) => isThere(program))
  if (found === undefined) return null
  return [found.program, ...found.args, ...(what === 'one' ? ['-f', path] : [])]
}

/** What sync says where it does not know `-f`: `sync: invalid option -- 'f'`. */
export function knowsNoOption(said: string): boolean {
  return /(invalid|unrecognized) option/.test(said)
}

function canRun(program: string): boolean {
  try {
    accessSync(program, constants.X_OK)
    return true
  } catch {
    return false
  }
}
