import type { FileSystem } from '../../../src/core/disk/disk-evidence.ts'
import type { Disks, DiskWatch, SeenDisk, ServerDisks, SyncResult } from '../../../src/core/world.ts'
import type { FakeProcess } from './process.ts'
import type { Schedule } from './schedule.ts'
import type { FakeServer } from './server.ts'

/** The disks of the guest: one file system, with all servers and the record on it. */
export interface FakeDisks {
  /** How long a sync takes, in milliseconds. */
  takes: number
  /** When each was asked for, in milliseconds of the guest. */
  readonly syncs: readonly number[]
  /** What a sync says instead. */
  failed: string | null
  /** What is found out about a server, where it is not the usual. */
  found: Partial<ServerDisks>
  record: FileSystem
  /** When a watch began, was eager and ended, and for how long it was to be at most. */
  readonly watches: {
    readonly of: readonly FileSystem[]
    readonly within: number
    eager: boolean
    over: boolean
  }[]
  /** What a watch has seen of each file system, or that it never answers. */
  seen: Pick<SeenDisk, 'stoodStill' | 'notWatched'> | 'never'
  disks(process: FakeProcess): Disks
}

export const theDisk: FileSystem = { device: 1, path: '/var/lib/mysql', name: '/var/lib/mysql', type: 'ext4' }

export function fakeDisks(schedule: Schedule, servers: () => readonly FakeServer[]): FakeDisks {
  const syncs: number[] = []
  const disk: FakeDisks = {
    takes: 2,
    syncs,
    failed: null,
    found: {},
    record: theDisk,
    watches: [],
    seen: { stoodStill: [], notWatched: null },
    disks: (process) => ({
      async find({ where }) {
        const server = servers().find((one) => one.where === where)
        return {
          fileSystems: [theDisk],
          doubts: [],
          binaryLogSize: async () => server?.coordinates()?.position ?? null,
          ...disk.found,
        }
      },
      ofRecordDir: async () => disk.record,
      standReady: (fileSystems) => ({
        sync: () => sync(process, fileSystems),
        [Symbol.dispose]: () => {},
      }),
      watch: (fileSystems, within) => watch(fileSystems, within),
    }),
  }
  return disk

  function watch(of: readonly FileSystem[], within: number): DiskWatch {
    const one = { of, within, eager: false, over: false }
    disk.watches.push(one)
    return {
      ready: async () => {},
      beEager: () => void (one.eager = true),
      async seen() {
        const { seen } = disk
        if (seen === 'never') return await new Promise<never>(() => {})
        return of.map((fileSystem) => ({ fileSystem, ...seen }))
      },
      [Symbol.dispose]: () => void (one.over = true),
    }
  }

  function sync(process: FakeProcess, fileSystems: readonly FileSystem[]): Promise<readonly SyncResult[]> {
    syncs.push(schedule.now())
    const { takes, failed } = disk
    return new Promise((resolve) => {
      schedule.after(takes, () =>
        process.deliver(() => resolve(fileSystems.map((fileSystem) => ({ fileSystem, ms: takes, failed })))),
      )
    })
  }
}
