import type { Disks } from '../../core/world.ts'
import { watchFileSystems } from '../disk-watch/watch.ts'
import { findDisks } from './find-disks.ts'
import { ourView } from './mount-view.ts'
import { readySync } from './ready-sync.ts'

/** The disks of this machine, and the one that `recordDir` is on. `watcher`: what Node.js is called with to watch them. */
export function disksWith(of: { readonly recordDir: string; readonly watcher: readonly string[] }): Disks {
  return {
    find: findDisks,
    ofRecordDir: async () => (await ourView()).fileSystemOf(of.recordDir),
    standReady: readySync,
    watch: (fileSystems, within) => watchFileSystems(fileSystems, { program: of.watcher, within }),
  }
}
