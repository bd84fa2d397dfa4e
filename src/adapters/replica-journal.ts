import { join } from 'node:path'
import { formatStoppedThreads, parseStoppedThreads } from '../core/stopped-threads.ts'
import type { ReplicaJournal } from '../core/world.ts'
import { draftOf, read, remove, writeWhole } from './state-file.ts'

/** replica.json in the state directory: a tmpfs, so it is as short-lived as what it says, and writable while disks are frozen. */
export function replicaJournalIn(directory: string): ReplicaJournal {
  const file = join(directory, 'replica.json')
  return {
    read() {
      const text = read(file)
      return text === null ? null : (parseStoppedThreads(text) ?? 'unreadable')
    },
    write: (stopped) => writeWhole(file, formatStoppedThreads(stopped)),
    forget() {
      remove(file)
      remove(draftOf(file))
    },
  }
}
