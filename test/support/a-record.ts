import type { CoordinatesRecord } from '../../src/core/world.ts'

/** Of one server without GTIDs. */
export const aRecord: CoordinatesRecord = {
  run: 'run-1',
  lockedAt: '2026-11-10T03:00:00.000Z',
  at: '2026-01-02T03:04:05.000Z',
  servers: [
    {
      where: '/run/a.sock',
      server: { family: 'mysql', version: '8.4.0', uuid: 'a', account: 'q@localhost' },
      lock: 'ftwrl',
      coordinates: { file: 'binlog.000042', position: 1187, gtid: '' },
      replica: [],
      coordinatesAre: 'stable',
    },
  ],
}
