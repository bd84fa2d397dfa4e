import { playMatrix } from '../support/photograph/matrix.ts'
import { withOwnMounts } from '../support/photograph/own-mounts.ts'

await withOwnMounts('a photograph of the disk of MariaDB has all that was there under the lock', () => {
  for (const name of ['mariadb-10.5', 'mariadb-10.11', 'mariadb-11.8'] as const) playMatrix({ name })
})
