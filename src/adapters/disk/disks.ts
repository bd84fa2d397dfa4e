import type { Disks } from '../../core/world.ts'
import { findDisks } from './find-disks.ts'
import { ourView } from './mount-view.ts'
import { readySync } from './ready-sync.ts'

/** The disks of this machine, and the one that `recordDir` is on. */
export function disksWith(recordDir: string): Disks {
  return {
    find: findDisks,
    ofRecordDir: async () => (await ourView()).fileSystemOf(recordDir),
    standReady: readySync,
  }
}
