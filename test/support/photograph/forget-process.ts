import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/** What belongs to the process that was running, and not to its data: a lock of its socket would keep the next one out. */
const names = ['mysql.sock', 'mysql.sock.lock', 'mysqld.pid', 'error.log'] as const

export async function forgetTheProcess(dataDir: string): Promise<void> {
  for (const name of names) await rm(join(dataDir, name), { force: true })
}
