import { withOwnMounts } from '../support/photograph/own-mounts.ts'
import { playMatrix } from './play-matrix.ts'

await withOwnMounts('the faults of file systems, with mounts of their own', () =>
  playMatrix({ server: 'mariadb-10.11', group: 'file systems' }),
)
