import { Failure } from '../core/failure.ts'
import { platforms } from '../platforms/all.ts'
import { configPath } from '../platforms/everywhere.ts'
import { apply } from './apply.ts'
import { type Chosen, choosePlatforms, missingAgents } from './choose.ts'
import { exposedAt } from './exposed.ts'
import { foundAgain } from './find-again.ts'
import { importQemuConf } from './import-qemu-conf.ts'
import type { Manifest } from './manifest.ts'
import { manifestPath, planInstall } from './plan-install.ts'
import { refuseWhileBusy } from './run-in-progress.ts'
import { readBundle } from './source-bundle.ts'
import { stateDirsOf } from './state-dirs.ts'
import type { Step } from './step.ts'
import { refuseUnlessRoot, refuseUnlessWritable, type TargetSystem, targetSystem } from './target.ts'
import { wantedFor } from './wanted.ts'

export interface InstallOrder {
  /** The folder of the bundle, and the facts that are built into it. */
  readonly source: { readonly folder: string; readonly version: string; readonly stateDir: string }
  readonly root?: string | undefined
  readonly prefix?: string | undefined
  /** None: those that are installed, or else detected. */
  readonly platforms: readonly string[]
  readonly others: 'leave' | 'chain'
  /** A file with USERNAME= and PASSWORD=, a path of the target system. */
  readonly importFrom?: string | undefined
  /** `plan` changes nothing. */
  readonly mode: 'apply' | 'plan'
  /** The Node.js that runs us. */
  readonly node: string
  readonly before?: ((step: Step) => void) | undefined
}

export interface Installation {
  readonly root: string
  readonly prefix: string
  readonly version: string
  readonly platforms: readonly string[]
  readonly because: Chosen['because']
  /** What was done, or is to be done; empty where all was there. */
  readonly steps: readonly Step[]
  readonly notes: readonly string[]
  /** What is left for a person to do, a command or a sentence each. */
  readonly next: readonly string[]
}

/**
 * Puts the bundle into the system, whatever state an earlier install left it in. Throws, besides what the parts throw, `in-the-way`:
 * then nothing was changed.
 */
export function install(order: InstallOrder): Installation {
  const target = targetSystem(order)
  if (order.mode === 'apply') refuseUnlessRoot(target)
  const bundle = readBundle(order.source.folder, order.source)
  const former = formerOf(target)
  const chosen = choosePlatforms(order.platforms, { ...target, manifest: former, bundle })
  const imported = order.importFrom
    ? importQemuConf(order.importFrom, target.at(order.importFrom))
    : undefined
  const ownNode = bundle.files.some(({ name }) => name === 'node')
  const node = ownNode ? null : order.node
  const facts = { prefix: target.prefix, platforms: chosen.platforms, node, optionFile: imported?.optionFile }
  const plan = planInstall({
    prefix: target.prefix,
    version: bundle.version,
    platforms: chosen.platforms.map(({ name }) => name),
    stateDir: bundle.stateDir,
    wanted: wantedFor(bundle, facts, target.look),
    former,
    look: target.look,
    others: order.others,
  })
  if (plan.inTheWay.length > 0) throw new Failure('in-the-way', plan.inTheWay.join('; '))
  if (order.mode === 'apply') {
    refuseWhileBusy(target, bundle.stateDir)
    refuseUnlessWritable(plan.steps, target.at)
    apply(plan.steps, { source: bundle.folder, at: target.at, before: order.before })
  }
  const { root, prefix } = target
  const about = { root, prefix, version: bundle.version, because: chosen.because, steps: plan.steps }
  return {
    ...about,
    platforms: chosen.platforms.map(({ name }) => name),
    notes: [
      ...missingAgents(chosen.platforms, target.look),
      ...plan.notes,
      ...(former !== null && target.manifest === null ? [foundNote(target)] : []),
      ...(imported?.notes ?? []),
      ...(node === null ? [] : notesOnNode(node)),
    ],
    next: [...afterwardsOf(former, chosen), ...nextSteps(chosen, target)],
  }
}

/** What is installed, by its manifest or without it. */
function formerOf(target: TargetSystem): Manifest | null {
  if (target.manifest === null) return foundAgain(target)
  return { ...target.manifest, stateDirs: stateDirsOf(target) }
}

function foundNote({ prefix }: TargetSystem): string {
  return `there was no ${manifestPath(prefix)}: what is ours was found again; directories outside of ${prefix} will stay when it is uninstalled`
}

/** Whoever can change Node.js is root at the next snapshot. */
function notesOnNode(node: string): string[] {
  const wrong = exposedAt(node, { uid: 0, gid: 0 })
  return wrong ? [`root will run ${node}, and ${wrong}`] : []
}

/** What is left to do after the platforms that are not wanted any more. */
function afterwardsOf(former: Manifest | null, { platforms: wanted }: Chosen): string[] {
  const dropped = platforms.filter((each) => former?.platforms.includes(each.name) && !wanted.includes(each))
  return dropped.flatMap(({ afterwards }) => afterwards)
}

function nextSteps({ platforms: chosen }: Chosen, { prefix, look }: TargetSystem): string[] {
  const selinux = look('/etc/selinux/config').kind === 'absent' ? [] : chosen.flatMap((each) => each.selinux)
  const none = `no agent was found: install one and run this again, or name it with --platform`
  return [
    ...(chosen.length === 0 ? [none] : []),
    ...[...selinux, ...chosen.flatMap(({ next }) => next)].map((each) => each.replaceAll('PREFIX', prefix)),
    `unless root logs in through the socket, put an account into /root/.my.cnf or ${configPath}`,
  ].filter((each, index, all) => all.indexOf(each) === index)
}
