import { accessSync, constants, existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'
import { errnoOf, systemMessage } from '../adapters/errno.ts'
import { Failure } from '../core/failure.ts'
import { type Inside, inside } from './inside.ts'
import { lookAt } from './look.ts'
import { type Manifest, parseManifest } from './manifest.ts'
import { manifestPath } from './plan-install.ts'
import type { Step } from './step.ts'
import type { Lookup } from './thing.ts'

/** The system that is installed into, and where in it we are. */
export interface TargetSystem {
  /** `/`, or another folder that is laid out as one. */
  readonly root: string
  readonly prefix: string
  readonly at: Inside
  readonly look: Lookup
  readonly manifest: Manifest | null
}

export const usualPrefix = '/usr/lib/mysql-quiesce'

/** Which system, as somebody named it; the usual ones otherwise. */
export interface TargetNames {
  readonly root?: string | undefined
  readonly prefix?: string | undefined
}

/** Throws `usage` for a root without a name, `bad-setting` for a prefix that is no folder of its own, and `manifest-damaged`. */
export function targetSystem(names: TargetNames): TargetSystem {
  const system = systemNamed(names)
  return { ...system, manifest: manifestIn(system) }
}

/** The same without a look at its manifest. */
export function systemNamed({
  root = '/',
  prefix = usualPrefix,
}: TargetNames): Omit<TargetSystem, 'manifest'> {
  if (root === '') throw new Failure('usage', "--root '' names no folder")
  const where = existsSync(root) ? realpathSync(root) : resolve(root)
  const place = normalize(prefix).replace(/\/+$/, '')
  if (!/^\/[^/\p{Cc}]+\/[^\p{Cc}]+$/u.test(place))
    throw new Failure(
      'bad-setting',
      `--prefix ${JSON.stringify(prefix)} is not the absolute path of a folder of its own`,
    )
  const at = inside(where)
  return { root: where, prefix: place, at, look: lookAt(at) }
}

/** What is installed; null where there is no manifest. Throws `manifest-damaged` and `target-unwritable`. */
export function manifestIn({ prefix, at }: Pick<TargetSystem, 'prefix' | 'at'>): Manifest | null {
  const path = manifestPath(prefix)
  try {
    return parseManifest(readFileSync(at(path), 'utf8'), path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null
    if (error instanceof Failure) throw error
    throw new Failure('target-unwritable', `${path}: ${systemMessage(error)}`, { cause: error })
  }
}

/** Throws `not-root` where the machine itself is meant and we are not root. */
export function refuseUnlessRoot({ root }: TargetSystem): void {
  const uid = process.geteuid!()
  if (root === '/' && uid !== 0)
    throw new Failure('not-root', `this machine is meant, and we are user ${uid}`)
}

/** Asks before the first step whether there is a place that none of them could write to. Throws `target-unwritable`. */
export function refuseUnlessWritable(steps: readonly Step[], at: Inside): void {
  const folders = new Set(steps.map(({ path }) => existing(dirname(at(path)))))
  for (const folder of folders) {
    try {
      accessSync(folder, constants.W_OK)
    } catch (cause) {
      throw new Failure('target-unwritable', `${folder}: ${systemMessage(cause)}; nothing was changed`, {
        cause,
      })
    }
  }
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(join(folder, '..'))
}
