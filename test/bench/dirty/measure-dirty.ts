import { join } from 'node:path'
import { dir as temporaryDir } from 'tmp-promise'
import { makeDisk } from '../../support/photograph/disk.ts'
import { tool } from '../../servers/tool.ts'
import type { BenchArguments } from '../arguments.ts'
import { type BareLock, openBareLock } from '../bare-lock.ts'
import { number } from '../grid.ts'
import { ours } from '../ours.ts'
import type { BenchWorld } from '../rounds.ts'
import { type Stand, withStand } from '../stand.ts'
import { summary } from '../statistics.ts'
import type { Subject } from '../subject.ts'
import { takeUnderLoad } from '../take.ts'
import { dirtIn } from './dirt.ts'
import { pausesOf } from './dirty-pauses.ts'
import type { DirtyMeasured, DirtySubject } from './dirty-table.ts'
import { frozenSubject } from './frozen-subject.ts'
import { bundleOf, withoutSync } from './old-bundle.ts'

type Wanted = Pick<BenchArguments, 'server' | 'rounds' | 'bundle'>

/** Of the file written beside the database, and of the disk that both are on. */
const megabytes = { dirt: 1500, disk: 4096 } as const

/** On a disk of its own, in a file: no other may be frozen. Wants a private mount namespace. */
export async function measureDirty(wanted: Wanted, world: BenchWorld): Promise<DirtyMeasured> {
  const folder = await temporaryDir({ prefix: 'mysql-quiesce-bench', unsafeCleanup: true })
  try {
    const old = await bundleOf(withoutSync, join(folder.path, 'old'))
    if (old === undefined) world.progress(`git does not have ${withoutSync}, which is left out`)
    await using disk = await makeDisk({
      place: join(folder.path, 'disk'),
      copied: 'bytes',
      megabytes: megabytes.disk,
    })
    const request = { ...wanted, ...world, name: wanted.server, disk: disk.place }
    return await withStand(request, (stand) =>
      measureAll({ stand, old, place: disk.place, rounds: wanted.rounds, world }),
    )
  } finally {
    await folder.cleanup()
  }
}

interface Measuring {
  readonly stand: Stand
  /** The executables of the last commit that did not sync. */
  readonly old: string | undefined
  readonly place: string
  readonly rounds: number
  readonly world: BenchWorld
}

async function measureAll({ stand, old, place, rounds, world }: Measuring): Promise<DirtyMeasured> {
  const { server, lab } = stand
  await using lock = await openBareLock([server])
  const dirt = dirtIn({ folder: place, megabytes: megabytes.dirt })
  const subjects: Partial<Record<DirtySubject, Subject>> = {
    bare: bare(lock),
    ...(old === undefined ? {} : { before: ours({ bundle: old, place: stand.place }) }),
    ours: lab.subjects.ours,
  }
  const stalls: Record<DirtySubject, number[]> = { bare: [], before: [], ours: [] }
  const pauses: Record<DirtySubject, number[]> = { bare: [], before: [], ours: [] }
  // The blocks of an image come to be when they are written for the first time: that is nobody's.
  await dirt.make()
  await tool('sync', ['-f', place])
  for (let round = 1; round <= rounds; round++)
    for (const name of ['bare', 'before', 'ours'] as const) {
      const inner = subjects[name]
      if (inner === undefined) continue
      world.stop.throwIfAborted()
      await using subject = frozenSubject({ subject: inner, place, dirt })
      const { stall, before } = pausesOf(await takeUnderLoad({ subject, writer: lab.writer }))
      stalls[name].push(stall)
      pauses[name].push(before)
      world.progress(
        `round ${round} of ${rounds}: added stall ${name} ${number(stall)} ms, before it ${number(before)} ms`,
      )
    }
  return {
    server: server.name,
    megabytes: megabytes.dirt,
    leastDirty: Math.min(...dirt.seen),
    stalls: { ours: summary(stalls.ours), bare: summary(stalls.bare), before: summary(stalls.before) },
    pauses: { ours: summary(pauses.ours), bare: summary(pauses.bare), before: summary(pauses.before) },
  }
}

/** The lock without a sync, as the floor was before. */
function bare(lock: BareLock): Subject {
  return {
    snapshot: 0,
    prepare: async () => {},
    freeze: () => lock.lock(),
    thaw: () => lock.unlock(),
    lockers: () => [],
  }
}
