import type { FileSystem } from '../core/disk/disk-evidence.ts'
import type { FreezeEvidence } from '../core/disk/disks-frozen.ts'
import { canBeFrozen } from '../core/disk/freezable.ts'
import type { WatchedDisk } from '../core/disk/standstill.ts'
import type { Stopwatch } from '../core/step.ts'
import { parseTicket } from '../core/ticket.ts'
import type { SeenDisk } from '../core/world.ts'
import type { Held } from './held.ts'
import { inTime } from './race.ts'

/** The file systems of the servers, watched for whether the invoker freezes them. */
export interface WatchedDisks extends Disposable {
  /** Resolves when they are watched, or when that takes too long: a step of the run, where there is something to watch. */
  ready(stopwatch: Stopwatch): Promise<void>
  /** From here on what is seen counts: "frozen" is about to be said. */
  begin(): void
  /** What was seen. Asked for after the unlock: nobody waits for it. */
  evidence(): Promise<FreezeEvidence>
}

/** How long the watcher may take to begin, and then to answer, in milliseconds. */
const within = { toBegin: 2000, toAnswer: 1000 }

/** Watches nothing where the invoker freezes nothing: a process more would only take time from those who wait for the lock's end. */
export function watchedDisks(held: Held, fileSystems: readonly FileSystem[]): WatchedDisks {
  const { disks, clock, limits } = held
  const invoker = parseTicket(held.asked)?.invoker
  const [those, passedOver] = parted(fileSystems)
  if (invoker?.freezes !== 'yes' || those.length === 0)
    return {
      ready: async () => {},
      begin: () => {},
      evidence: async () => ({ invoker, watched: [], passedOver }),
      [Symbol.dispose]: () => {},
    }

  const watch = disks.watch(those, limits.freezeWithin + limits.holdAtMost)
  let began = clock.now()
  return {
    async ready(stopwatch) {
      await stopwatch.time('watch the disks', () => bounded(watch.ready(), within.toBegin))
    },
    begin() {
      began = clock.now()
      watch.beEager()
    },
    async evidence() {
      const seen = await bounded(watch.seen(), within.toAnswer)
      const watched = seen?.map((one) => watchedDisk(one)) ?? those.map(unanswered)
      return { invoker, watched, passedOver }
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  }

  async function bounded<T>(work: Promise<T>, milliseconds: number): Promise<T | null> {
    return await inTime(work, { clock, within: milliseconds, late: () => new Late() }).catch(
      (error: unknown) => {
        if (error instanceof Late) return null
        throw error
      },
    )
  }

  function watchedDisk({ fileSystem: { name, type }, stoodStill, notWatched }: SeenDisk): WatchedDisk {
    const since = clock.now() - began
    const counts = stoodStill.filter(({ untilAgo }) => untilAgo === null || untilAgo < since)
    const spans = counts.map(({ fromAgo, untilAgo }) => ({
      from: dateOf(fromAgo),
      until: untilAgo === null ? null : dateOf(untilAgo),
    }))
    return { name, type, stoodStill: spans, notWatched }
  }

  function dateOf(ago: number): string {
    return new Date(clock.today().getTime() - ago).toISOString()
  }
}

/** The watcher did not answer in time. */
class Late extends Error {}

function parted(all: readonly FileSystem[]): readonly [readonly FileSystem[], readonly FileSystem[]] {
  return [all.filter(({ type }) => canBeFrozen(type)), all.filter(({ type }) => !canBeFrozen(type))]
}

function unanswered({ name, type }: FileSystem): WatchedDisk {
  return { name, type, stoodStill: [], notWatched: `no answer within ${within.toAnswer} ms` }
}
