import type { FreezeEvidence } from '../../src/core/disk/disks-frozen.ts'
import * as fc from 'fast-check'
import { record } from './record.ts'
import type { Coordinates } from '../../src/core/coordinates.ts'
import type { EnginesProof } from '../../src/core/disk/engines.ts'
import { everyEnding } from '../../src/core/hold.ts'
import type { DiskEvidence } from '../../src/core/disk/disk-evidence.ts'
import type { FlushProof } from '../../src/core/flush.ts'
import type { ReplicaChannel, Replication } from '../../src/core/replica.ts'
import type { Evidence, ServerEvidence } from '../../src/core/checks.ts'

export const anyCoordinates: fc.Arbitrary<Coordinates> = record({
  file: fc.constantFrom('binlog.000042', 'binlog.000043'),
  position: fc.constantFrom(4, 1187),
  gtid: fc.constantFrom('', 'a:1-7'),
})

const anyAnswer: fc.Arbitrary<Coordinates | null | 'not-asked'> = fc.oneof(
  anyCoordinates,
  fc.constantFrom(null, 'not-asked' as const),
)

export const anyFlushProof: fc.Arbitrary<FlushProof> = record({
  by: fc.constantFrom('server', 'sync'),
  wanted: fc.constantFrom<(number | null)[]>(null, 100),
  status: record({
    dirtyBlocks: fc.constantFrom(0, 3),
    lsn: fc.constantFrom<(number | null)[]>(null, 100),
    flushedLsn: fc.constantFrom<(number | null)[]>(null, 90, 100),
  }),
})

export const anyEnginesProof: fc.Arbitrary<EnginesProof> = record({
  inUse: fc.subarray<EnginesProof['inUse'][number]>([
    { engine: 'InnoDB', is: 'loaded' },
    { engine: 'CONNECT', is: 'loaded' },
    { engine: 'Falcon', is: 'tables' },
  ]),
  ownLog: fc.constantFrom<EnginesProof['ownLog'][]>(
    null,
    { how: 'waited', seen: 'Rocksdb_wal_synced went from 4 to 6 under the lock' },
    { how: 'not seen', seen: 'its log is in memory' },
  ),
})

export const anyDiskEvidence: fc.Arbitrary<DiskEvidence> = record({
  synced: fc.constantFrom([], [{ name: '/var/lib/mysql', type: 'ext4', ms: 3.1 }]),
  before: fc.constantFrom<(number | null)[]>(null, 551),
  doubts: fc.constantFrom([], ['record-dir is in memory']),
})

/** One channel, or none, that stands still or moves. */
export const anyReplication: fc.Arbitrary<Replication> = fc.oneof(
  fc.constantFrom<Replication[]>('unknown', []),
  fc.array(
    record<ReplicaChannel>({
      name: fc.constantFrom('', 'eu'),
      source: fc.constant('10.0.0.5:3306'),
      file: fc.constantFrom('binlog.000007', 'binlog.000008'),
      position: fc.constantFrom(4, 1187),
      positionIs: fc.constantFrom('exact', 'not exact'),
      gtid: fc.constantFrom('', 'a:1-7'),
      follows: fc.constantFrom('GTID', 'position'),
      sqlThread: fc.constantFrom('running', 'stopped'),
    }),
    { maxLength: 1 },
  ),
)

const anyServerEvidence = (name: string): fc.Arbitrary<ServerEvidence> =>
  record({
    name: fc.constant(name),
    plan: record({
      lock: fc.constant('ftwrl'),
      take: fc.constant([{ say: 'FLUSH TABLES WITH READ LOCK', privilege: 'RELOAD' }]),
      coordinates: fc.constantFrom('stable', 'not stable'),
    }),
    lockView: fc.constantFrom('METADATA_LOCK_INFO', 'metadata_locks', 'none'),
    lockSeen: fc.constantFrom<ServerEvidence['lockSeen'][]>(true, false, 'not-asked'),
    connection: record({
      atFreeze: fc.constant(7),
      atThaw: fc.constantFrom<(number | 'not-asked')[]>(7, 8, 'not-asked'),
    }),
    server: record({
      atFreeze: fc.constantFrom('a-server', null),
      atThaw: fc.constantFrom<ServerEvidence['server']['atThaw'][]>(
        { uuid: 'a-server' },
        { uuid: 'another' },
        { uuid: null },
        'not-asked',
      ),
    }),
    uptime: fc.constantFrom<ServerEvidence['uptime'][]>(
      { seconds: 0, heldFor: 5000 },
      { seconds: 3600, heldFor: 5000 },
      'not-asked',
    ),
    coordinates: record({
      atFreeze: fc.option(anyCoordinates),
      atThaw: anyAnswer,
    }),
    moved: fc.constantFrom<ServerEvidence['moved'][]>(
      null,
      { by: 'temporary tables', statements: 1 },
      { by: 'rotation' },
      { by: 'something else', event: 'Xid' },
      { by: 'not read', because: 'no privilege' },
    ),
    replica: record({ atFreeze: anyReplication, atThaw: anyReplication }),
    flushed: anyFlushProof,
    engines: anyEnginesProof,
    disk: anyDiskEvidence,
    redoLog: fc.constantFrom('on', 'always on', 'off', 'not-asked'),
    unprotected: fc.constantFrom<ServerEvidence['unprotected'][]>(
      [],
      ['shop.visits (MyISAM)'],
      'cannot-tell',
      'not-asked',
    ),
  })

const anyServers: fc.Arbitrary<readonly ServerEvidence[]> = fc.oneof(
  anyServerEvidence('').map((only) => [only]),
  fc.tuple(anyServerEvidence('/run/a.sock'), anyServerEvidence('/run/b.sock')),
)

const anyStandstill = record({
  from: fc.constant('2026-11-28T03:00:01.000Z'),
  until: fc.constantFrom('2026-11-28T03:00:02.000Z', null),
})

const anyFreezeEvidence: fc.Arbitrary<FreezeEvidence> = record({
  invoker: fc.constantFrom(
    undefined,
    { name: 'qemu-ga', freezes: 'yes', why: 'qemu-ga freezes the file systems' } as const,
    { name: 'veeam', freezes: 'no', why: 'veeam freezes no file systems' } as const,
  ),
  watched: fc.array(
    record({
      name: fc.constantFrom('/', '/srv/db'),
      type: fc.constantFrom('ext4', 'xfs'),
      stoodStill: fc.array(anyStandstill, { maxLength: 2 }),
      notWatched: fc.constantFrom(null, 'it cannot be probed'),
    }),
    { maxLength: 2 },
  ),
  passedOver: fc.constantFrom([], [{ name: '/tank', type: 'zfs' }]),
})

/** What a locker may see before it unlocks. */
export const anyEvidence: fc.Arbitrary<Evidence> = record({
  ending: fc.constantFrom(...everyEnding),
  because: fc.constant('59 of 60 connections are in use'),
  heldFor: fc.constant(5000),
  from: fc.constant('2026-11-28T03:00:00.000Z'),
  until: fc.constant('2026-11-28T03:00:05.000Z'),
  attempts: fc.constantFrom(1, 2),
  handedOver: fc.constantFrom('yes', 'no', 'no leash'),
  servers: anyServers,
  freeze: anyFreezeEvidence,
})
