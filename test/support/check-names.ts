/** The checks of every verdict, in their order: those of the run, and those of each server of the set. */
export const checkNames = {
  ofRun: ['hold not expired', 'handed over', 'disks frozen'],
  ofServer: [
    'lock granted',
    'lock seen by the server',
    'same connection',
    'server not restarted',
    'coordinates equal',
    'GTID equal',
    'replica position equal',
    'flushed',
    'engines on disk',
    'on disk',
  ],
} as const
