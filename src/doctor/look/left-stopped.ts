import { isAlive } from '../../adapters/proc.ts'
import { replicaJournalIn } from '../../adapters/replica-journal.ts'
import type { StoppedThreads } from '../../core/stopped-threads.ts'

/** SQL threads that a locker has stopped that is gone; null where there are none. */
export function lookAtLeftStopped(stateDir: string): StoppedThreads | null {
  const left = replicaJournalIn(stateDir).read()
  return left === null || left === 'unreadable' || isAlive(left.locker) ? null : left
}
