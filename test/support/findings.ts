import type { Findings } from '../../src/core/findings.ts'

/** What a server of today answers that shows its locks, has no special lock to offer, and is no replica. */
export const plainFindings: Findings = {
  instanceLock: 'cannot',
  backupStage: 'cannot',
  backupLocks: false,
  binaryLog: 'on',
  dirtyKeyBlocks: 0,
  galera: false,
  maxConnections: 151,
  lockView: 'metadata_locks',
  isReplica: 'no',
  threadPool: null,
  adminPort: null,
}
