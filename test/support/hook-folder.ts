import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { withDir } from 'tmp-promise'
import { run, type Ended, type RunOptions } from './as-agent.ts'
import { ownSource } from './source-tree.ts'

/** A folder with shell scripts that write down how they are called. */
export interface HookFolder {
  readonly path: string
  /** A template of ours, under a name. */
  readonly template: (name: string, as: string) => string
  /** A script of somebody else's: writes down its name and arguments, then does `body`. */
  readonly script: (name: string, body?: string) => string
  /** How they were called, in order: `name argument argument`. */
  readonly calls: () => readonly string[]
  readonly run: (file: string, args: readonly string[], options?: RunOptions) => Promise<Ended>
}

export async function withHookFolder(use: (folder: HookFolder) => Promise<void>): Promise<void> {
  await withDir(({ path }) => use(folderAt(realpathSync(path))), { unsafeCleanup: true })
}

function folderAt(path: string): HookFolder {
  const log = join(path, 'calls')
  return {
    path,
    template(name, as) {
      const place = placed(as)
      copyFileSync(join(ownSource, 'templates', name), place)
      chmodSync(place, 0o755)
      return place
    },
    script(name, body = '') {
      const place = placed(name)
      writeFileSync(
        place,
        `#!/bin/sh\nprintf '%s' "\${0##*/}" >>'${log}'\nprintf ' [%s]' "$@" >>'${log}'\necho >>'${log}'\n${body}\n`,
      )
      chmodSync(place, 0o755)
      return place
    },
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []),
    run: (file, args, options = {}) => run(file, args, options),
  }

  function placed(name: string): string {
    const place = join(path, name)
    mkdirSync(join(place, '..'), { recursive: true })
    return place
  }
}
