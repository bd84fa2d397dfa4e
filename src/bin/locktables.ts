import { watchDisks, watcherFlag } from '../adapters/disk-watch/watcher.ts'
import { main } from '../adapters/main.ts'

// The watcher starts while a lock is asked for, so it does not load what speaks to databases.
if (process.argv[2] === watcherFlag) watchDisks()
else
  void main({
    name: 'locktables',
    purpose: 'hold the lock that the lock files ask for; pre-freeze-script starts it, or an operator by hand',
    failed: 'no lock',
    work: async (argv) => (await import('./hold-tables.ts')).holdTables(argv),
  })
