import type { ReplicaChannel } from '../../src/core/replica.ts'

/** The default channel of a replica that follows by position. */
export const aChannel: ReplicaChannel = {
  name: '',
  source: '10.0.0.5:3306',
  file: 'binlog.000007',
  position: 1187,
  positionIs: 'exact',
  gtid: '',
  follows: 'position',
  sqlThread: 'running',
}
