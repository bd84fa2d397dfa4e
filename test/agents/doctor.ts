import assert from 'node:assert/strict'
import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { catalog, type ProgramName } from './catalog.ts'
import { programOf } from './program.ts'

/** The installed doctor has nothing to say against the machine, with this agent's program where its package has it. */
export async function isWell(name: ProgramName): Promise<void> {
  const { file } = catalog[name]
  const place = join('/', file)
  await rm(place, { force: true })
  await symlink(join((await programOf(name)).folder, file), place)
  const { exitCode, stdout } = await execa('/usr/sbin/mysql-quiesce', ['doctor'], { reject: false })
  await rm(place)
  assert.equal(exitCode, 0, stdout)
  assert.match(stdout, /^all is well: \d+ checks are ok$/m)
}
