import type { EngineInUse } from '../core/disk/engines.ts'
import { Failure } from '../core/failure.ts'
import type { Findings } from '../core/findings.ts'
import type { LogFlush } from '../core/flush.ts'
import { chooseLock, type LockPlan } from '../core/lock-choice.ts'
import { placed } from '../core/server.ts'
import type { Database, Holder, Observer, ReplicaSession } from '../core/world.ts'
import { enginesInUse } from './engines-in-use.ts'
import type { Limits } from './limits.ts'

/** One server of the set: who looks there, what it can do, and the lock that is to be taken. */
export interface Rehearsed {
  readonly database: Database
  readonly observer: Observer
  readonly findings: Findings
  readonly plan: LockPlan
  readonly redoLog: 'on' | 'always on'
  readonly engines: readonly EngineInUse[]
  readonly logFlush: LogFlush
  /** Its place, where the set has others too; else '': there is nothing to tell it from. */
  readonly name: string
}

/** The same, with the session that asks how far its replication is; where it is no replica, one that has nothing to tell. */
export interface Member extends Rehearsed {
  readonly replica: ReplicaSession
}

/** One that is locked. */
export interface LockedMember extends Member {
  readonly holder: Holder
}

/** What needs a privilege, or is slow the first time, is done before the lock: writers do not wait for it. */
export async function rehearse(
  database: Database,
  observer: Observer,
  { limits, name }: { readonly limits: Limits; readonly name: string },
): Promise<Rehearsed> {
  return await at(name, async () => {
    const [redoLog] = await Promise.all([observer.redoLog(), observer.mayWatchOthers()])
    if (redoLog === 'off') throw redoLogOff()
    const logFlush = await observer.flushLogs()
    await observer.flushStatus()
    const [findings, loaded] = await Promise.all([observer.findings(), observer.loadedEngines()])
    const plan = chooseLock(limits.lock, { server: observer.server, findings })
    const engines = await enginesInUse(loaded, { observer, plan })
    return { database, observer, findings, plan, redoLog, engines, logFlush, name }
  })
}

function redoLogOff(): Failure {
  return new Failure('redo-log-off', "InnoDB's redo log is off, so no server would start on the snapshot")
}

/** The work at one server of the set; its failure says at which. */
export async function at<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(error.code, placed(name, error.message), { cause: error.cause })
  }
}
