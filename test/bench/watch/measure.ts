import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchFileSystems } from '../../../src/adapters/disk-watch/watch.ts'
import { watcherFlag } from '../../../src/adapters/disk-watch/watcher.ts'
import type { FileSystem } from '../../../src/core/disk/disk-evidence.ts'
import { freezerOf } from '../../support/freezer.ts'

export interface WatchPlan {
  readonly fileSystems: readonly FileSystem[]
  /** The shipped locktables. */
  readonly locktables: string
  readonly freezes: number
  /** Milliseconds of each. */
  readonly frozenFor: number
  /** Processes that do nothing but use a processor. */
  readonly busy: number
  /** Milliseconds without a freeze, after them. */
  readonly quiet: number
}

export interface WatchMeasured extends Omit<WatchPlan, 'fileSystems' | 'locktables'> {
  readonly fileSystems: number
  /** Milliseconds from its start until it watched. */
  readonly begunAfter: number
  /** Of each file system, how many freezes were not seen there. */
  readonly missed: readonly number[]
  /** How many were seen while nothing was frozen. */
  readonly invented: number
  /** While it is eager and nothing is frozen; null where it was not measured. */
  readonly percentOfProcessor: number | null
  readonly megabytes: number
}

/** The watcher beside freezes of a given length, and beside none. */
export async function measureWatch(plan: WatchPlan): Promise<WatchMeasured> {
  const { fileSystems, locktables, freezes, frozenFor, busy, quiet } = plan
  const burners = Array.from({ length: busy }, () => spawn('/bin/sh', ['-c', 'while :; do :; done']))
  const began = performance.now()
  using watch = watchFileSystems(fileSystems, {
    program: [locktables, watcherFlag],
    within: 24 * 3600 * 1000,
  })
  using freezer = freezerOf(fileSystems.map(({ path }) => path))
  try {
    await watch.ready()
    const begunAfter = performance.now() - began
    const missed = fileSystems.map(() => 0)
    for (let index = 0; index < freezes; index++) {
      const seen = await seenIn(() => freezer.freeze(frozenFor))
      for (const [at, count] of seen.entries()) if (count === 0) missed[at]! += 1
      await sleep(Math.random() * 20)
    }
    const pid = watcherOf(locktables)
    const before = processorTime(pid)
    const since = performance.now()
    let invented = 0
    while (performance.now() - since < quiet) {
      const seen = await seenIn(() => sleep(Math.min(quiet, 5000)))
      for (const count of seen) invented += count
    }
    const percentOfProcessor =
      quiet === 0 ? null : ((processorTime(pid) - before) / (performance.now() - since)) * 100
    const { freezes: _freezes, fileSystems: _all, locktables: _program, ...rest } = plan
    const megabytes = memoryOf(pid)
    return {
      ...rest,
      freezes,
      fileSystems: fileSystems.length,
      begunAfter,
      missed,
      invented,
      percentOfProcessor,
      megabytes,
    }
  } finally {
    for (const burner of burners) burner.kill('SIGKILL')
  }

  /** How many standstills of each were seen while this was done. */
  async function seenIn(work: () => Promise<unknown>): Promise<readonly number[]> {
    watch.beEager()
    // An answer says that it is.
    await watch.seen()
    await work()
    return (await watch.seen()).map(({ stoodStill, notWatched }) => {
      if (notWatched !== null) throw new Error(notWatched)
      return stoodStill.length
    })
  }
}

/** Our own child that watches. */
function watcherOf(locktables: string): number {
  const found = readdirSync('/proc').find((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      return words.includes(locktables) && words.includes(watcherFlag) && Number(parent) === process.pid
    } catch {
      return false
    }
  })
  if (found === undefined) throw new Error(`no watcher runs: ${readlinkSync('/proc/self/exe')} ${locktables}`)
  return Number(found)
}

/** Milliseconds of all its threads. */
function processorTime(pid: number): number {
  const each = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return each.reduce((sum, nanoseconds) => sum + nanoseconds / 1e6, 0)
}

function memoryOf(pid: number): number {
  const kilobytes = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}
