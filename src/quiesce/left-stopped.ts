import type { Log, ReplicaJournal } from '../core/world.ts'

export interface LeftStopped {
  readonly journal: Pick<ReplicaJournal, 'read' | 'forget'>
  /** Starts locktables, to start what that run has left stopped; resolves to why it could not, null where it did. */
  readonly restart: (run: string) => Promise<string | null>
  /** Moves what that locktables, too, has said. */
  readonly collectLog: () => void
}

/** Has the SQL threads started that a locker has left stopped, once it is gone. Why they are not running, for people; null where all is well. */
export async function startWhatIsLeft(
  { journal, restart, collectLog }: LeftStopped,
  log: Log,
): Promise<string | null> {
  const left = journal.read()
  if (left === null) return null
  const problem = left === 'unreadable' ? unreadable(journal) : await restart(left.run)
  collectLog()
  if (problem === null) log.warn({ left }, 'started the SQL threads that locktables had left stopped')
  else log.error({ left }, problem)
  return problem
}

/** Puts away a journal that is none, and says so. */
export function unreadable(journal: Pick<ReplicaJournal, 'forget'>): string {
  journal.forget()
  return 'replica.json held no journal: which SQL threads are stopped is not known'
}
