import { isCoordinates, type Recorded } from './coordinates.ts'
import { type EnginesProof, isEnginesProof } from './disk/engines.ts'
import { type DiskEvidence, isDiskEvidence } from './disk/disk-evidence.ts'
import { isWatchedDisk, type WatchedDisk } from './disk/standstill.ts'
import { type FailureCode, failures } from './failure.ts'
import { fieldsOf } from './fields.ts'
import { type FlushProof, isFlushProof } from './flush.ts'
import { type Invoker, isInvoker } from './invoker.ts'
import { lockNames, type LockName } from './lock-table.ts'
import { isReplication } from './replica.ts'
import { isProcessIdentity, type ProcessIdentity } from './process.ts'
import { isServer, type Server } from './server.ts'
import { isStall, type Stall } from './stall.ts'
import { isStep, type Step } from './step.ts'
import { isVerdict, type Verdict } from './verdict.ts'

/** One lock, held for one run, as far as it has come. It is also what hold.json contains; its one writer is locktables. */
export interface Hold {
  readonly run: string
  readonly locker: ProcessIdentity
  /** The text of waitforsnapshot that it answers, without the line end: who removes another one did not end this hold. */
  readonly asked: string
  /** ISO 8601, as all times here. */
  readonly askedAt: string
  /** Who called pre-freeze-script; absent where it is not known. */
  readonly invoker?: Invoker
  /** What locktables does before the lock is there, for people. */
  readonly doing: string
  /** There from the moment the snapshot may be taken. */
  readonly frozen: Frozen | null
  /** There once the lock is gone, or will never come. */
  readonly ended: Ended | null
}

export interface Frozen {
  /** From here on everything is locked and on disk: a snapshot that begins later is what the verdict is about. */
  readonly at: string
  /** How many times the lock was asked for. */
  readonly attempts: number
  /** The set: one entry for each defaults-file, in their order. */
  readonly servers: readonly FrozenServer[]
  readonly steps: readonly Step[]
}

/** One server of the set, and the lock that is held there. */
export interface FrozenServer extends Recorded {
  /** Its socket, or its host and port. */
  readonly where: string
  readonly server: Server
  readonly lock: LockName
  /** What was sent for it. */
  readonly statements: readonly string[]
  /** Why this lock. */
  readonly why: string
  readonly connection: number
  /** The LSN that was read under the lock, and what was on disk then. */
  readonly flushed: FlushProof
  /** The storage engines, and how the log of RocksDB was written under the lock. */
  readonly engines: EnginesProof
  readonly disk: DiskEvidence
  /** Channels whose SQL threads were stopped for it, and are started again after it. */
  readonly stopped: readonly string[]
}

export interface Ended {
  readonly at: string
  /** Up to here everything was locked; null where it never was. */
  readonly lockedUntil: string | null
  readonly ending: Ending
  /** Milliseconds from the grant of the lock to its release; 0 where it never came. */
  readonly heldFor: number
  readonly verdict: Verdict
  readonly failure: { readonly code: FailureCode; readonly message: string } | null
  readonly stall: Stall
  readonly steps: readonly Step[]
  /** What was seen of the file systems that the invoker may have frozen; absent where none was watched. */
  readonly disks?: readonly WatchedDisk[]
  /** Which session of ours did not end, and what to type, for people; absent where all did. */
  readonly mayBeLocked?: string
}

/** Why a hold ended. Only `let-go` can leave a consistent snapshot; `failed`: the lock never came. */
export type Ending = (typeof everyEnding)[number]

export const everyEnding = [
  'let-go',
  'expired',
  'stopped',
  'pressure',
  'leash-broken',
  'connection-lost',
  'failed',
] as const
const endings: readonly unknown[] = everyEnding

export function formatHold(hold: Hold): string {
  return `${JSON.stringify(hold, null, 2)}\n`
}

/** Whether hold.json was there, and a hold. */
export function isReadable(seen: Hold | 'unreadable' | null): seen is Hold {
  return seen !== null && seen !== 'unreadable'
}

/** Null for a text that is no hold: emptied, cut off, or somebody else's. */
export function parseHold(text: string): Hold | null {
  try {
    const value: unknown = JSON.parse(text)
    return isHold(value) ? value : null
  } catch {
    return null
  }
}

function isHold(value: unknown): value is Hold {
  const { run, locker, asked, askedAt, invoker, doing, frozen, ended } = fieldsOf(value)
  return (
    typeof run === 'string' &&
    isProcessIdentity(locker) &&
    typeof asked === 'string' &&
    typeof askedAt === 'string' &&
    (invoker === undefined || isInvoker(invoker)) &&
    typeof doing === 'string' &&
    (frozen === null || isFrozen(frozen)) &&
    (ended === null || isEnded(ended))
  )
}

function isFrozen(value: unknown): value is Frozen {
  const { at, attempts, servers, steps } = fieldsOf(value)
  return (
    typeof at === 'string' &&
    Number.isInteger(attempts) &&
    Array.isArray(servers) &&
    servers.length > 0 &&
    servers.every(isFrozenServer) &&
    areSteps(steps)
  )
}

function isFrozenServer(value: unknown): value is FrozenServer {
  const { where, server, lock, statements, why, replica, stopped } = fieldsOf(value)
  const { coordinates, coordinatesAre, connection, flushed, engines, disk } = fieldsOf(value)
  return (
    typeof where === 'string' &&
    isServer(server) &&
    lockNames.some((name) => name === lock) &&
    Array.isArray(statements) &&
    statements.every((statement) => typeof statement === 'string') &&
    typeof why === 'string' &&
    (coordinates === null || isCoordinates(coordinates)) &&
    (coordinatesAre === 'stable' || coordinatesAre === 'not stable') &&
    Number.isInteger(connection) &&
    isFlushProof(flushed) &&
    isEnginesProof(engines) &&
    isDiskEvidence(disk) &&
    isReplication(replica) &&
    Array.isArray(stopped) &&
    stopped.every((channel) => typeof channel === 'string')
  )
}

function isEnded(value: unknown): value is Ended {
  const { at, lockedUntil, ending, heldFor, verdict, failure, stall, steps } = fieldsOf(value)
  const { disks = [], mayBeLocked = '' } = fieldsOf(value)
  return (
    typeof at === 'string' &&
    (lockedUntil === null || typeof lockedUntil === 'string') &&
    endings.includes(ending) &&
    typeof heldFor === 'number' &&
    isVerdict(verdict) &&
    (failure === null || isFailure(failure)) &&
    isStall(stall) &&
    areSteps(steps) &&
    Array.isArray(disks) &&
    disks.every(isWatchedDisk) &&
    typeof mayBeLocked === 'string'
  )
}

function isFailure(value: unknown): boolean {
  const { code, message } = fieldsOf(value)
  return typeof code === 'string' && Object.hasOwn(failures, code) && typeof message === 'string'
}

function areSteps(value: unknown): boolean {
  return Array.isArray(value) && value.every(isStep)
}
