import type { Coordinates } from '../core/coordinates.ts'
import { binaryLogDoubt } from '../core/disk/binary-log-size.ts'
import type { DiskEvidence, FileSystem, Synced } from '../core/disk/disk-evidence.ts'
import { recordDoubts } from '../core/disk/record-doubts.ts'
import { asFailure } from '../core/failure.ts'
import type { Observer, OpenRecord, ReadySync, ServerDisks, SyncResult } from '../core/world.ts'
import type { Held } from './held.ts'
import { at, type Member } from './member.ts'
import { inTime, unlessAborted } from './race.ts'

/** The file systems of the servers and of the record, each with a program that stands ready to sync it. */
export interface ReadyDisks extends Disposable {
  /** The file systems of the servers of the set, each once. */
  readonly fileSystems: readonly FileSystem[]
  /**
   * Resolves to how long it took, in milliseconds. What is not over when half of freeze-within has been spent on it is left to run:
   * a line in the log says so, and the lock is asked for all the same.
   */
  syncBeforeLock(signal: AbortSignal): Promise<number>
  /** Waits for as long as its caller does. */
  syncUnderLock(record: Pick<OpenRecord, 'sync'>): Promise<SyncedUnderLock>
}

export interface SyncedUnderLock {
  evidenceOf(member: Member, coordinates: Coordinates | null): Promise<DiskEvidence>
}

/** Finds the file systems of each server; nobody waits for it. */
export async function readyDisks(held: Held, members: readonly Member[]): Promise<ReadyDisks> {
  const { disks, clock, log, run, limits } = held
  const found = new Map<Observer, ServerDisks>()
  await Promise.all(
    members.map(async (member) => {
      found.set(member.observer, await at(member.name, () => findDisksOf(member, held)))
    }),
  )
  const record = await disks.ofRecordDir()
  const ofServers = eachOnce([...found.values()].flatMap(({ fileSystems }) => fileSystems))
  const doubtsOfRecord = recordDoubts(record, ofServers)
  const ready: ReadySync = disks.standReady(eachOnce([...ofServers, record]))
  let left = limits.freezeWithin / 2
  let before: number | null = null

  return {
    fileSystems: ofServers,
    async syncBeforeLock(signal) {
      const began = clock.now()
      before = null
      if (left <= 0) return 0
      try {
        await unlessAborted(inTime(ready.sync(), { clock, within: left, late: () => new Late() }), signal)
        before = Math.round(clock.now() - began)
      } catch (error) {
        if (!(error instanceof Late)) throw error
        log.warn(
          { run, fileSystems: ofServers },
          'the sync before the lock takes too long: it is left to run',
        )
      }
      left -= clock.now() - began
      return clock.now() - began
    },
    async syncUnderLock(openRecord) {
      const results = await ready.sync()
      const ofRecord = results.find(({ fileSystem }) => fileSystem.device === record.device)
      if (ofRecord?.failed !== null) await openRecord.sync()
      return {
        async evidenceOf(member, coordinates) {
          const server = found.get(member.observer)!
          const its = [...server.fileSystems, record].map(({ device }) => device)
          const own = results.filter(({ fileSystem }) => its.includes(fileSystem.device))
          const doubts = [...server.doubts, ...own.flatMap(doubtOf), ...doubtsOfRecord]
          const ofLog = await doubtsOfLog(server, member, coordinates)
          return { synced: own.map(asSynced), before, doubts: [...ofLog, ...doubts] }
        },
      }
    },
    [Symbol.dispose]: () => ready[Symbol.dispose](),
  }
}

/** The time for it is over. */
class Late extends Error {}

async function findDisksOf({ observer }: Member, { disks, log, run }: Held): Promise<ServerDisks> {
  try {
    const paths = await observer.paths()
    const { where, transport } = observer
    return await disks.find({ paths, where, transport, coordinates: () => observer.coordinates() })
  } catch (error) {
    const { message } = asFailure(error)
    log.warn(
      { run, err: error },
      `where the server at ${observer.where} keeps its files is not known: ${message}`,
    )
    const doubt = `where the server keeps its files is not known: ${message}`
    return { fileSystems: [], doubts: [doubt], binaryLogSize: async () => null }
  }
}

/** Under the lock the binary log has exactly the length that the server tells. */
async function doubtsOfLog(
  { fileSystems, binaryLogSize }: ServerDisks,
  { plan }: Member,
  coordinates: Coordinates | null,
): Promise<readonly string[]> {
  if (coordinates === null || fileSystems.length === 0) return []
  const doubt = binaryLogDoubt(await binaryLogSize(coordinates.file), coordinates, plan.coordinates)
  return doubt === null ? [] : [doubt]
}

function doubtOf({ fileSystem, failed }: SyncResult): readonly string[] {
  return failed === null ? [] : [`${fileSystem.name} could not be synced: ${failed}`]
}

function asSynced({ fileSystem: { name, type }, ms }: SyncResult): Synced {
  return { name, type, ms }
}

function eachOnce(fileSystems: readonly FileSystem[]): readonly FileSystem[] {
  return [...new Map(fileSystems.map((one) => [one.device, one])).values()]
}
