import { playMatrix } from '../support/photograph/matrix.ts'
import { withOwnMounts } from '../support/photograph/own-mounts.ts'

await withOwnMounts('a photograph of the disk of MySQL has all that was there under the lock', () => {
  for (const name of ['mysql-5.6', 'mysql-5.7', 'mysql-9.7'] as const) playMatrix({ name })
})
