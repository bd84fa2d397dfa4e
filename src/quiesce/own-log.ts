import { hasOwnLog } from '../core/disk/engines.ts'
import {
  flushesToWaitFor,
  isWrittenAtCommit,
  type OwnLog,
  type OwnLogProof,
  ownFlushWithin,
} from '../core/disk/own-log.ts'
import { Failure } from '../core/failure.ts'
import type { Stopwatch } from '../core/step.ts'
import type { Clock, Observer } from '../core/world.ts'
import type { Attempting } from './attempting.ts'
import { at, type LockedMember, type Member } from './member.ts'
import { inTime, unlessAborted } from './race.ts'
import { until } from './until.ts'

const step = 'log of RocksDB'

/** Before the lock: what is written now has not to be written under it. Nothing where the account may not. */
export async function flushOwnLogsFirst(attempting: Attempting): Promise<void> {
  const { members, clock, signal, deadline, watch } = attempting
  const having = members.filter(({ engines }) => hasOwnLog(engines))
  if (having.length === 0) return
  const within = Math.max(1, deadline - clock.now())
  const late = () => new Failure('freeze-timeout', 'RocksDB was still writing what it had in memory')
  const flush = ({ observer, name }: Member) => at(name, () => flushFirst(observer))
  await watch.time(`${step}, before the lock`, () =>
    unlessAborted(inTime(Promise.all(having.map(flush)), { clock, within, late }), signal),
  )
}

async function flushFirst(observer: Member['observer']): Promise<void> {
  const log = await observer.ownLog()
  if (log !== null && !isWrittenAtCommit(log)) await observer.flushOwnLog()
}

interface Locked extends Pick<UnderLock, 'clock' | 'within'> {
  readonly locked: readonly LockedMember[]
  readonly watch: Stopwatch
}

/** Of each server, how RocksDB's log was written under the lock; null where there is none. */
export async function ownLogs({ locked, watch, ...how }: Locked): Promise<readonly (OwnLogProof | null)[]> {
  if (!locked.some(({ engines }) => hasOwnLog(engines))) return locked.map(() => null)
  const written = async ({ observer, engines, name }: LockedMember) =>
    hasOwnLog(engines) ? await at(name, () => ownLogWritten({ observer, ...how })) : null
  return await watch.time(step, () => Promise.all(locked.map(written)))
}

interface UnderLock {
  readonly observer: Pick<Observer, 'ownLog' | 'flushOwnLog'>
  readonly clock: Clock
  /** Milliseconds. */
  readonly within: number
}

/** Under the lock: the log of RocksDB in its file. It is flushed where the account may, else RocksDB is waited for. */
async function ownLogWritten({ observer, clock, within }: UnderLock): Promise<OwnLogProof> {
  const log = await observer.ownLog()
  if (log === null) return { how: 'not seen', seen: 'it was loaded, and says nothing of its log' }
  if (isWrittenAtCommit(log))
    return {
      how: 'every commit',
      seen: 'rocksdb_flush_log_at_trx_commit is 1, every commit has written its log',
    }
  if (await observer.flushOwnLog())
    return { how: 'flushed', seen: 'rocksdb_force_flush_memtable_now has written what was in memory' }
  if (!log.isOn)
    return {
      how: 'not seen',
      seen: 'rocksdb_write_disable_wal is ON, and only SUPER may have its memory written',
    }
  return await waited({ observer, clock, within }, log)
}

async function waited(
  { observer, clock, within }: UnderLock,
  { syncs: first }: OwnLog,
): Promise<OwnLogProof> {
  if (first === null)
    return { how: 'not seen', seen: 'its log is in memory, and Rocksdb_wal_synced is not told' }
  let syncs = first
  const look = async () => {
    syncs = (await observer.ownLog())?.syncs ?? first
    return syncs >= first + flushesToWaitFor
  }
  const atMost = Math.min(ownFlushWithin, within * 0.8)
  const outcome = await until(look, { clock, within: atMost, every: 20 })
  const seen = `Rocksdb_wal_synced went from ${first} to ${syncs} under the lock`
  if (outcome === 'yes') return { how: 'waited', seen }
  return {
    how: 'not seen',
    seen: `its log is in memory: ${seen}, ${first + flushesToWaitFor} was waited for`,
  }
}
