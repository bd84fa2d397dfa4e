import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { WatchMeasured, WatchPlan } from './measure.ts'

export interface WatchRun extends Omit<WatchPlan, 'fileSystems' | 'locktables'> {
  readonly disks: number
  /** `ext4`, or another that mkfs can make here. */
  readonly type: string
  readonly bundle: string
}

/** In a mount namespace of its own; needs root. */
export async function runWatch({ bundle, ...run }: WatchRun): Promise<WatchMeasured> {
  const program = fileURLToPath(new URL('watch-process.ts', import.meta.url))
  const plan = JSON.stringify({ ...run, locktables: resolve(bundle, 'locktables') })
  const words = ['--mount', process.execPath, '--import', 'tsx', program, plan]
  const { stdout } = await execa('unshare', words, {
    stderr: 'inherit',
    env: { NODE_TEST_CONTEXT: undefined },
  })
  return JSON.parse(stdout) as WatchMeasured
}
