import { cp, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { dir as temporaryDir } from 'tmp-promise'
import { type NodeMajor, nodeMajors } from '../../nodes/catalog.ts'
import { fetchNode } from '../../nodes/fetch.ts'
import { tool } from '../../servers/tool.ts'
import type { BenchArguments } from '../arguments.ts'
import { type Figures, figuresOf, type Measures } from '../figures.ts'
import { measure } from '../measure.ts'
import { ours } from '../ours.ts'
import type { BenchWorld } from '../rounds.ts'
import { withStand } from '../stand.ts'
import type { NodeMeasured } from './node-table.ts'

type Wanted = Pick<BenchArguments, 'server' | 'rounds' | 'bundle'>

/** Each Node.js in every round, so that what else the machine does meets them alike. */
export async function measureNodes(wanted: Wanted, world: BenchWorld): Promise<readonly NodeMeasured[]> {
  const folder = await temporaryDir({ prefix: 'mysql-quiesce-bench', unsafeCleanup: true })
  try {
    const bundles: Bundle[] = []
    for (const major of nodeMajors)
      bundles.push(await bundleWith(major, { ...wanted, ...world, into: folder.path }))
    return await measureBundles(bundles, wanted, world)
  } finally {
    await folder.cleanup()
  }
}

interface Bundle {
  /** As `process.version` has it. */
  readonly version: string
  readonly folder: string
}

interface BundleRequest extends Pick<Wanted, 'bundle'>, Pick<BenchWorld, 'progress'> {
  readonly into: string
}

/** The executables with a Node.js beside them, which is the one that they take. */
async function bundleWith(major: NodeMajor, { bundle, progress, into }: BundleRequest): Promise<Bundle> {
  const node = await fetchNode(major, progress)
  const folder = join(into, String(major))
  await cp(resolve(bundle), folder, { recursive: true })
  await symlink(node, join(folder, 'node'))
  return { version: await tool(node, ['--version']), folder }
}

async function measureBundles(
  bundles: readonly Bundle[],
  { rounds, ...wanted }: Wanted,
  world: BenchWorld,
): Promise<readonly NodeMeasured[]> {
  return await withStand({ ...wanted, ...world, name: wanted.server }, async ({ place, lab }) => {
    const all = bundles.map(({ folder }) => ({
      subject: ours({ bundle: folder, place }),
      seen: [] as Measures[],
    }))
    for (let round = 1; round <= rounds; round++) {
      for (const { subject, seen } of all) {
        world.stop.throwIfAborted()
        const subjects = { ...lab.subjects, ours: subject }
        const { measures } = await measure({ subject: 'ours', load: 'idle' }, { ...lab, subjects })
        seen.push(measures)
      }
      world.progress(`round ${round} of ${rounds}`)
    }
    return all.map(({ seen }, index) => measured(bundles[index]!.version, figuresOf(seen)))
  })
}

function measured(version: string, { preFreeze, lockerMemory, emptyNode }: Figures): NodeMeasured {
  return { version, preFreeze: preFreeze!, lockerMemory: lockerMemory!, emptyNode: emptyNode! }
}
