import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { readOptionFiles } from '../../src/adapters/option-files.ts'
import { Failure } from '../../src/core/failure.ts'

/** The groups that are printed, by us and by them. */
const groups = ['client', 'mysql-quiesce', 'mysql_quiesce', ' client', '[a', 'été']

/** What is printed of a file that is refused. */
export const refused = 'refused'

/** main.cnf in a folder of files, read by us, and printed as `my_print_defaults` prints it. */
export function printOurs(folder: string, files: Readonly<Record<string, string>>): string {
  rmSync(folder, { recursive: true, force: true })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  try {
    return readOptionFiles(join(folder, 'main.cnf'))
      .options.filter(({ group }) => groups.includes(group))
      .map(({ name, value }) => `--${name}${value === null ? '' : `=${value}`}\n`)
      .join('')
  } catch (error) {
    assert.ok(error instanceof Failure, String(error))
    return refused
  }
}

/** The same, read by a server's own program. It runs in the folder, from which a relative include is for them. */
export async function printTheirs(folder: string, program: string): Promise<string> {
  const args = [`--defaults-file=${join(folder, 'main.cnf')}`, ...groups]
  const env = { PATH: process.env['PATH'], HOME: folder }
  try {
    return (await promisify(execFile)(program, args, { cwd: folder, env, encoding: 'utf8' })).stdout
  } catch (error) {
    const ended = error instanceof Error && 'code' in error && typeof error.code === 'number'
    assert.ok(ended, String(error))
    return refused
  }
}
