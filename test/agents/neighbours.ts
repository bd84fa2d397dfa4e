import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Guest } from './guest.ts'

/** Where VMware Tools looks for scripts beside the pair in /usr/sbin. */
export const backupScripts = '/etc/vmware-tools/backupScripts.d'

/** Where the hook of the QEMU guest agent looks. */
export const hookScripts = '/etc/qemu/fsfreeze-hook.d'

/** Somebody else's sh script at this path, until it is disposed of. */
export async function neighbourAt(file: string, lines: string): Promise<AsyncDisposable> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `#!/bin/sh\n${lines}\n`)
  await chmod(file, 0o755)
  return { [Symbol.asyncDispose]: async () => await rm(file) }
}

/** A neighbour of the pair, and the arguments of each call that it got. */
export interface Notes extends AsyncDisposable {
  calls(): Promise<readonly (readonly string[])[]>
}

export async function neighbourThatNotes({ folder }: Guest): Promise<Notes> {
  const notes = join(folder, 'calls')
  const script = await neighbourAt(
    join(backupScripts, '90-neighbour'),
    `printf '<%s>' "$@" >>${notes}\necho >>${notes}`,
  )
  return {
    async calls() {
      const lines = (await readFile(notes, 'utf8')).trimEnd().split('\n')
      return lines.map((line) => line.slice(1, -1).split('><'))
    },
    async [Symbol.asyncDispose]() {
      await script[Symbol.asyncDispose]()
      await rm(notes, { force: true })
    },
  }
}
