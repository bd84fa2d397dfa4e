import { readlinkSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Failure } from '../core/failure.ts'

/** Where a path of the target system is for us. */
export type Inside = (path: string) => string

/**
 * The target system below `root`, as a process that has it as its root would see it: links on the way are followed, and
 * an absolute one begins again at `root`. The last part is not followed. Throws `target-unwritable` for a circle.
 */
export function inside(root: string): Inside {
  return (path) => join(folderOf(dirname(resolve('/', path)), 0), basename(path))

  function folderOf(folder: string, links: number): string {
    if (folder === '/') return root
    if (links > 40) throw new Failure('target-unwritable', `${folder} is a circle of links`)
    const here = join(folderOf(dirname(folder), links), basename(folder))
    const target = targetOf(here)
    return target === null ? here : folderOf(resolve(logical(dirname(here)), target), links + 1)
  }

  function logical(real: string): string {
    return resolve('/', real.slice(root === '/' ? 0 : root.length))
  }
}

function targetOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}
