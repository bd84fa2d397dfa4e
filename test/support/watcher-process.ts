/** The watcher as a process, from its source. */
import { watchDisks } from '../../src/adapters/disk-watch/watcher.ts'

watchDisks()
