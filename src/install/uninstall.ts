import { Failure } from '../core/failure.ts'
import { platforms } from '../platforms/all.ts'
import { apply } from './apply.ts'
import { manifestPath } from './plan-install.ts'
import { planUninstall } from './plan-uninstall.ts'
import { refuseWhileBusy } from './run-in-progress.ts'
import type { Step } from './step.ts'
import { refuseUnlessRoot, refuseUnlessWritable, targetSystem } from './target.ts'

export interface UninstallOrder {
  readonly stateDir: string
  readonly root?: string | undefined
  readonly prefix?: string | undefined
  /** `plan` changes nothing. */
  readonly mode: 'apply' | 'plan'
  readonly before?: ((step: Step) => void) | undefined
}

export interface Uninstallation {
  readonly root: string
  readonly prefix: string
  readonly version: string
  readonly steps: readonly Step[]
  /** What stays, and why. */
  readonly notes: readonly string[]
  /** What is left for a person to do. */
  readonly next: readonly string[]
}

/** Takes out what install put in, and nothing else. Throws `not-installed` where there is no manifest. */
export function uninstall(order: UninstallOrder): Uninstallation {
  const target = targetSystem(order)
  const { root, prefix, at, look, manifest } = target
  if (order.mode === 'apply') refuseUnlessRoot(target)
  const path = manifestPath(prefix)
  if (manifest === null) throw new Failure('not-installed', `there is no ${path}`)
  const plan = planUninstall({ manifestPath: path, manifest, look })
  if (order.mode === 'apply') {
    refuseWhileBusy(target, order.stateDir)
    refuseUnlessWritable(plan.steps, at)
    apply(plan.steps, { source: prefix, at, before: order.before })
  }
  const next = platforms
    .filter(({ name }) => manifest.platforms.includes(name))
    .flatMap((each) => each.afterwards)
  return { root, prefix, version: manifest.version, steps: plan.steps, notes: plan.notes, next }
}
