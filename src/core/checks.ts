import { describeMoved, type Moved } from './binary-log-events.ts'
import type { Coordinates } from './coordinates.ts'
import { formatCoordinates } from './coordinates.ts'
import { enginesOnDisk } from './disk/engines-check.ts'
import type { EnginesProof } from './disk/engines.ts'
import { formatSeconds } from './duration.ts'
import { type DiskEvidence, onDisk } from './disk/disk-evidence.ts'
import { disksFrozen, type FreezeEvidence } from './disk/disks-frozen.ts'
import type { LockView } from './findings.ts'
import { describeProof, type FlushProof, isProven } from './flush.ts'
import type { Ending } from './hold.ts'
import type { LockPlan } from './lock-choice.ts'
import { replicaEqual } from './replica-check.ts'
import type { Replication } from './replica.ts'
import { placed } from './server.ts'
import { type Check, conclude, type Verdict } from './verdict.ts'

/** What was asked and got no answer. */
export type NotAsked = 'not-asked'

/** Uptime of the server, and for how long the lock was held then, in milliseconds. */
export interface UptimeSeen {
  readonly seconds: number
  readonly heldFor: number
}

export type HandedOver = 'yes' | 'no' | 'no leash'

/** What the locker sees before it unlocks, and what it has seen before. */
export interface Evidence {
  readonly ending: Ending
  /** Why it ended, where the ending alone does not say it; else ''. */
  readonly because: string
  /** Milliseconds. */
  readonly heldFor: number
  /** ISO 8601: when everything was locked and on disk, and when the lock was let go. */
  readonly from: string
  readonly until: string
  readonly attempts: number
  readonly handedOver: HandedOver
  readonly servers: readonly ServerEvidence[]
  readonly freeze: FreezeEvidence
}

/** Of one server of the set. */
export interface ServerEvidence {
  /** Its place; '' where there is no other. */
  readonly name: string
  readonly plan: Pick<LockPlan, 'lock' | 'take' | 'coordinates'>
  /** Does the server show the lock, and where was it asked? */
  readonly lockSeen: boolean | NotAsked
  readonly lockView: LockView
  /** CONNECTION_ID() of the session that was granted the lock, and of the one that answers now. */
  readonly connection: { readonly atFreeze: number; readonly atThaw: number | NotAsked }
  readonly server: {
    /** server_uuid; null where the server has none. */
    readonly atFreeze: string | null
    readonly atThaw: { readonly uuid: string | null } | NotAsked
  }
  /** The last look while the lock was held: nobody waits for it at the thaw. */
  readonly uptime: UptimeSeen | NotAsked
  readonly coordinates: {
    readonly atFreeze: Coordinates | null
    readonly atThaw: Coordinates | null | NotAsked
  }
  /** What moved them; null where they stand still, or nobody can ask. */
  readonly moved: Moved | null
  readonly replica: { readonly atFreeze: Replication; readonly atThaw: Replication }
  /** The LSN that was read under the lock, and what was on disk when it was called flushed. */
  readonly flushed: FlushProof
  /** The storage engines, and how the log of RocksDB was written under the lock. */
  readonly engines: EnginesProof
  readonly disk: DiskEvidence
  /** InnoDB's, at the thaw: what was flushed into it is worth nothing where it is off. */
  readonly redoLog: 'on' | 'off' | 'always on' | NotAsked
  /** Tables that this lock leaves open to writers, and that no recovery makes whole. */
  readonly unprotected: readonly string[] | 'cannot-tell' | NotAsked
}

/** The verdict of the locker; each check is told in docs/locks.md. */
export function judge(evidence: Evidence): Verdict {
  const { attempts, servers, freeze } = evidence
  return conclude([
    notExpired(evidence),
    handedOver(evidence),
    disksFrozen(freeze),
    ...servers.flatMap((server) => checksOf(server, attempts)),
  ])
}

function checksOf(server: ServerEvidence, attempts: number): readonly Check[] {
  const checks = [
    lockGranted(server, attempts),
    lockSeen(server),
    sameConnection(server),
    notRestarted(server),
    coordinatesEqual(server),
    gtidEqual(server),
    replicaEqual(server),
    flushed(server),
    enginesOnDisk(server),
    onDisk(server.disk),
    ...tablesProtected(server),
  ]
  return server.name === '' ? checks : checks.map((check) => ({ ...check, server: server.name }))
}

function notExpired({ ending, because, heldFor: ms, from, until }: Evidence): Check {
  const heldFor = formatSeconds(ms)
  const seen: Record<Ending, string> = {
    'let-go': `locked and on disk from ${from} to ${until}; the lock was held for ${heldFor}, until it was let go`,
    expired: `the hold expired after ${heldFor}, before the snapshot was over`,
    stopped: `locktables was stopped after ${heldFor}, before the snapshot was over`,
    pressure: `given up under pressure after ${heldFor}, before the snapshot was over: ${because}`,
    'leash-broken': 'pre-freeze-script died before the snapshot began',
    'connection-lost': placed(because, `the connection that held the lock was lost within ${heldFor}`),
    failed: 'the lock was never there',
  }
  return { name: 'hold not expired', result: ending === 'let-go' ? 'yes' : 'no', seen: seen[ending] }
}

/** A snapshot that is over before anybody was told "frozen" may have begun before the lock. */
function handedOver({ handedOver: how }: Evidence): Check {
  const name = 'handed over'
  switch (how) {
    case 'yes':
      return { name, result: 'yes', seen: 'pre-freeze-script said that it is frozen' }
    case 'no':
      return {
        name,
        result: 'no',
        seen: 'the lock ended before pre-freeze-script had said that it is frozen',
      }
    case 'no leash':
      return { name, result: 'not-applicable', seen: 'locktables was started by hand' }
  }
}

/** A hold is judged only where the server said OK to each statement; the refusals before are counted. */
function lockGranted({ plan: { take } }: ServerEvidence, attempts: number): Check {
  const seen = `${take.map(({ say }) => say).join(', ')} granted at attempt ${attempts}`
  return { name: 'lock granted', result: 'yes', seen }
}

function lockSeen({ lockSeen: seen, lockView }: ServerEvidence): Check {
  const name = 'lock seen by the server'
  if (lockView === 'none')
    return { name, result: 'not-applicable', seen: 'this server does not show this lock to this account' }
  if (seen === 'not-asked')
    return { name, result: 'unknown', seen: `${lockView} could not be asked whether the lock is still there` }
  if (!seen) return { name, result: 'no', seen: `${lockView} does not show the lock for this session` }
  return { name, result: 'yes', seen: `${lockView} shows the lock` }
}

function sameConnection({ connection: { atFreeze, atThaw } }: ServerEvidence): Check {
  const name = 'same connection'
  if (atThaw === 'not-asked')
    return { name, result: 'unknown', seen: `connection ${atFreeze} did not answer at the thaw` }
  if (atThaw !== atFreeze)
    return { name, result: 'no', seen: `connection ${atFreeze} took the lock, connection ${atThaw} answered` }
  return { name, result: 'yes', seen: `connection ${atFreeze} from lock to unlock` }
}

/**
 * No session outlives a restart, so the answer of the one that took the lock is enough; Uptime shows a restart that something in
 * between hides. It follows the clock of the machine, so it is not compared with itself: only one shorter than the hold tells.
 */
function notRestarted({ server: { atFreeze, atThaw }, uptime }: ServerEvidence): Check {
  const name = 'server not restarted'
  if (atThaw === 'not-asked')
    return {
      name,
      result: 'unknown',
      seen: 'the session that took the lock did not say which server it is of',
    }
  if (atThaw.uuid !== atFreeze)
    return { name, result: 'no', seen: `server ${atFreeze} was locked, server ${atThaw.uuid} answered` }
  const still = atFreeze === null ? 'the session of the freeze answers' : `still ${atFreeze}`
  if (uptime === 'not-asked') return { name, result: 'yes', seen: `${still}; uptime was not looked at` }
  if (uptime.seconds + 2 < uptime.heldFor / 1000)
    return {
      name,
      result: 'no',
      seen: `the server had been up for ${uptime.seconds} s, and the hold was older`,
    }
  return { name, result: 'yes', seen: `${still}, up for ${uptime.seconds} s` }
}

/** Commits are blocked under the lock: where the binary log moved, the lock was not there. */
function coordinatesEqual({ plan, coordinates: { atFreeze, atThaw }, moved }: ServerEvidence): Check {
  const name = 'coordinates equal'
  if (plan.coordinates === 'not stable')
    return { name, result: 'not-applicable', seen: notStable(atFreeze, atThaw) }
  if (atThaw === 'not-asked')
    return { name, result: 'unknown', seen: 'the coordinates could not be read at the thaw' }
  if (atFreeze === null && atThaw === null)
    return {
      name,
      result: 'not-applicable',
      seen: 'the binary log is off: the unbroken connection is the proof',
    }
  if (atFreeze?.file !== atThaw?.file || atFreeze?.position !== atThaw?.position)
    return {
      name,
      result: moved?.by === 'temporary tables' && atFreeze?.file === atThaw?.file ? 'yes' : 'no',
      seen: `the binary log moved from ${formatCoordinates(atFreeze)} to ${formatCoordinates(atThaw)}${howMoved(moved, atFreeze)}`,
    }
  return { name, result: 'yes', seen: `${formatCoordinates(atFreeze)} at freeze and thaw` }
}

function howMoved(moved: Moved | null, from: Coordinates | null): string {
  return moved === null || from === null ? '' : `, ${describeMoved(moved, from)}`
}

function notStable(atFreeze: Coordinates | null, atThaw: Coordinates | null | NotAsked): string {
  const to = atThaw === 'not-asked' ? 'an unknown position' : formatCoordinates(atThaw)
  return `the coordinates are not stable: commits went on, the snapshot is between ${formatCoordinates(atFreeze)} and ${to}`
}

function gtidEqual({ plan, coordinates: { atFreeze, atThaw }, moved }: ServerEvidence): Check {
  const name = 'GTID equal'
  if (plan.coordinates === 'not stable')
    return { name, result: 'not-applicable', seen: 'the GTID position is not stable under this lock' }
  if (atThaw === 'not-asked')
    return { name, result: 'unknown', seen: 'the GTID position could not be read at the thaw' }
  const [before, after] = [atFreeze?.gtid ?? '', atThaw?.gtid ?? '']
  if (before !== after && moved?.by === 'temporary tables')
    return { name, result: 'yes', seen: `moved from ${before} to ${after} by temporary tables alone` }
  if (before !== after)
    return { name, result: 'no', seen: `the GTID position moved from ${before} to ${after}` }
  if (before === '') return { name, result: 'not-applicable', seen: 'the server has no GTID position' }
  return { name, result: 'yes', seen: `${before} at freeze and thaw` }
}

function flushed({ flushed: proof, redoLog }: ServerEvidence): Check {
  const name = 'flushed'
  const seen = describeProof(proof)
  if (!isProven(proof)) return { name, result: 'no', seen }
  if (redoLog === 'off')
    return {
      name,
      result: 'no',
      seen: "InnoDB's redo log was off at the thaw: no server starts on such a copy",
    }
  if (redoLog === 'not-asked')
    return {
      name,
      result: 'unknown',
      seen: `${seen}, but whether the redo log is still on could not be asked`,
    }
  return { name, result: 'yes', seen }
}

/** Only a lock that lets commits go on leaves anything unprotected. */
function tablesProtected({ plan, unprotected }: ServerEvidence): Check[] {
  if (plan.coordinates === 'stable') return []
  const name = 'all tables transactional'
  if (unprotected === 'not-asked')
    return [{ name, result: 'unknown', seen: 'the engines of the tables could not be asked for' }]
  if (unprotected === 'cannot-tell') {
    const seen = 'the account may not see all tables (SELECT ON *.*), so not whether all are transactional'
    return [{ name, result: 'unknown', seen }]
  }
  if (unprotected.length === 0)
    return [{ name, result: 'yes', seen: 'recovery makes every table whole, as of one moment' }]
  const seen = `written to meanwhile, and made whole by no recovery: ${unprotected.join(', ')}`
  return [{ name, result: 'no', seen }]
}
