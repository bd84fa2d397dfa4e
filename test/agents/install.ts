import { appendFile, chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tool } from '../servers/tool.ts'
import { shipped } from '../support/scripts.ts'

const prefix = '/usr/lib/mysql-quiesce'

/** Puts the product where that invoker looks for it, until it is disposed of. */
export async function installFor(platform: 'vmware' | 'qemu'): Promise<AsyncDisposable> {
  await tool('cp', ['-a', dirname(shipped('locktables')), prefix])
  await writeFile(join(prefix, 'node-path'), `${process.execPath}\n`)
  if (platform === 'vmware') await linkScripts()
  else await placeHook()
  return {
    async [Symbol.asyncDispose]() {
      await rm(prefix, { recursive: true })
    },
  }
}

async function linkScripts(): Promise<void> {
  for (const name of ['pre-freeze-script', 'post-thaw-script']) {
    await rm(`/usr/sbin/${name}`, { force: true })
    await symlink(join(prefix, name), `/usr/sbin/${name}`)
  }
}

async function placeHook(): Promise<void> {
  await mkdir('/etc/qemu', { recursive: true })
  await writeFile(
    '/etc/qemu/fsfreeze-hook',
    `#!/bin/sh
case $1 in
  freeze) exec ${prefix}/pre-freeze-script freeze ;;
  thaw) exec ${prefix}/post-thaw-script thaw ;;
esac
`,
  )
  await chmod('/etc/qemu/fsfreeze-hook', 0o755)
  await appendFile('/etc/qemu/qemu-ga.conf', '[general]\nfsfreeze-hook=/etc/qemu/fsfreeze-hook\n')
}
