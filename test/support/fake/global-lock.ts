import { Failure } from '../../../src/core/failure.ts'
import type { Schedule, Timer } from './schedule.ts'
import { type Answer, latency } from './sessions.ts'

export interface GlobalLockSettings {
  /** Does FLUSH TABLES WITH READ LOCK wait for readers, and keep the global lock when it then fails? MySQL does. */
  readonly waitsForReaders: boolean
  /** Who runs, apart from us. */
  readonly isBusy: (how: 'reading' | 'writing') => boolean
}

/** One time for which a session had the global read lock, in milliseconds of the guest. */
export interface Grant {
  readonly session: number
  readonly at: number
  readonly until: number | undefined
}

interface Waiting {
  readonly answer: Answer<void>
  readonly timer: Timer
}

export type GlobalLock = ReturnType<typeof globalLock>

/** FLUSH TABLES WITH READ LOCK: the global lock once nobody writes, and on MySQL success only once nobody reads. */
export function globalLock(schedule: Schedule, { waitsForReaders, isBusy }: GlobalLockSettings) {
  const grants: { session: number; at: number; until: number | undefined }[] = []
  const waiting = new Map<number, Waiting>()
  let granted = () => {}
  const isHeldBy = (session: number) =>
    grants.some((one) => one.session === session && one.until === undefined)
  return {
    grants: grants as readonly Grant[],
    isHeldBy,
    isHeld: () => grants.some(({ until }) => until === undefined),
    /** Writers wait for who has the lock, and behind who waits for it. */
    stopsWriters: () => waiting.size > 0 || grants.some(({ until }) => until === undefined),
    /** Is called whenever it is granted. */
    onGrant: (then: () => void) => void (granted = then),
    lock,
    reconsider,
    drop,
  }

  function lock(
    session: number,
    { lockWait, answer }: { readonly lockWait: number; readonly answer: Answer<void> },
  ): void {
    const timer = schedule.after(lockWait, () => {
      waiting.delete(session)
      answer.failed(
        new Failure('lock-not-granted', 'FLUSH TABLES WITH READ LOCK failed: Lock wait timeout exceeded'),
      )
    })
    waiting.set(session, { answer, timer })
    schedule.after(latency, reconsider)
  }

  function reconsider(): void {
    if (isBusy('writing')) return
    for (const [session, { answer, timer }] of waiting) {
      if (!isHeldBy(session)) grants.push({ session, at: schedule.now(), until: undefined })
      if (waitsForReaders && isBusy('reading')) continue
      timer.cancel()
      waiting.delete(session)
      granted()
      answer.done()
    }
  }

  /** UNLOCK TABLES, or the end of the session. */
  function drop(session: number): void {
    waiting.get(session)?.timer.cancel()
    waiting.delete(session)
    for (const grant of grants) if (grant.session === session) grant.until ??= schedule.now()
  }
}
