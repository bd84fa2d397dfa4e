import { dirname, join } from 'node:path'
import { after, before } from 'node:test'
import type { PlatformName } from '../../src/platforms/platform.ts'
import { tool } from '../servers/tool.ts'
import { shipped } from '../support/scripts.ts'
import { cannotRun } from './place.ts'

/** Has the product installed for the tests of this suite, by its own command, and uninstalled after them. */
export function installedFor(platform: PlatformName): void {
  before(async () => {
    if (cannotRun === undefined) await install(platform)
  })
  after(async () => {
    if (cannotRun === undefined) await uninstall()
  })
}

async function install(platform: PlatformName): Promise<void> {
  const command = join(dirname(shipped('locktables')), 'mysql-quiesce')
  await tool(command, ['install', '--platform', platform])
}

async function uninstall(): Promise<void> {
  await tool('/usr/sbin/mysql-quiesce', ['uninstall'])
}
