import type { Phase } from './phases.ts'
import { playMatrix } from './play-matrix.ts'

/** Where a server of the other family may differ: what becomes of a lock that is asked for, and of one that is held. */
const telling: readonly Phase[] = ['FTWRL pending', 'frozen']

for (const server of ['mysql-5.7', 'mysql-9.7'] as const)
  playMatrix({ server, group: 'server', only: (_fault, phase) => telling.includes(phase) })
