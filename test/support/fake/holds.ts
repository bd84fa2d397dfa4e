import type { Ended, Frozen, FrozenServer, Hold } from '../../../src/core/hold.ts'
import type { FakeProcess } from './process.ts'

/** A hold that has begun. */
export const aHold: Hold = {
  run: 'run-1',
  locker: { pid: 1001, startTime: 10_010 },
  asked: '{"run":"run-1","asker":{"pid":1000,"startTime":10000}}',
  askedAt: '2026-01-02T03:04:05.000Z',
  doing: 'connecting',
  frozen: null,
  ended: null,
}

/** The ending of a hold that was let go, with a lock that was never lost. */
export const letGo: Ended = {
  at: '2026-01-02T03:04:10.000Z',
  lockedUntil: '2026-01-02T03:04:09.990Z',
  ending: 'let-go',
  heldFor: 5000,
  verdict: {
    consistent: 'yes',
    checks: [{ name: 'coordinates equal', result: 'yes', seen: 'binlog.000042:1187 at freeze and thaw' }],
  },
  failure: null,
  stall: { attempts: 1, ms: 5000 },
  steps: [{ name: 'unlock', ms: 1 }],
}

/** The hold of a run's locker that is frozen. */
export function frozen(locker: FakeProcess, run = 'run-1'): Hold {
  return {
    ...aHold,
    run,
    locker: locker.identity,
    frozen: {
      at: '2026-01-02T03:04:05.250Z',
      attempts: 1,
      servers: [
        {
          where: '/run/a.sock',
          server: { family: 'mysql', version: '8.4.0', uuid: 'a-server', account: 'quiesce@localhost' },
          lock: 'ftwrl',
          statements: ['FLUSH TABLES WITH READ LOCK'],
          why: 'lock is set to ftwrl',
          coordinatesAre: 'stable',
          connection: 2,
          replica: [],
          stopped: [],
          engines: { inUse: [{ engine: 'InnoDB', is: 'loaded' }], ownLog: null },
          coordinates: { file: 'binlog.000042', position: 1187, gtid: 'a-server:1-11' },
          flushed: {
            by: 'server',
            wanted: 11_100,
            status: { dirtyBlocks: 0, lsn: 11_100, flushedLsn: 11_100 },
          },
          disk: { synced: [{ name: '/var/lib/mysql', type: 'ext4', ms: 2 }], before: 2, doubts: [] },
        },
      ],
      steps: [{ name: 'lock', ms: 3 }],
    },
  }
}

/** What is held of the only server of the set, or the first. */
export function only({ servers }: Frozen): FrozenServer {
  return servers[0]!
}
