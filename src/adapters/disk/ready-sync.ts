import { type ChildProcess, spawn } from 'node:child_process'
import type { FileSystem } from '../../core/disk/disk-evidence.ts'
import type { ReadySync, SyncResult } from '../../core/world.ts'
import { knowsNoOption, syncCommand, type SyncWhat } from './sync-program.ts'

/**
 * A shell for each file system that has been started and waits for a line: then it becomes `sync -f`. Under the lock nothing is left
 * to do but that, and what hangs on a disk hangs in a process of its own.
 */
export function readySync(fileSystems: readonly FileSystem[]): ReadySync {
  let what: SyncWhat = 'one'
  const standBy = () => fileSystems.map((fileSystem) => startWaiting(fileSystem, what))
  let waiting = standBy()
  return {
    async sync() {
      const results = await syncNow()
      if (what === 'all' || !results.some(({ failed }) => knowsNoOption(failed ?? ''))) return results
      what = 'all'
      for (const one of waiting) one.dismiss()
      waiting = standBy()
      return await syncNow()
    },
    [Symbol.dispose]() {
      for (const one of waiting) one.dismiss()
    },
  }

  async function syncNow(): Promise<readonly SyncResult[]> {
    const results = Promise.all(waiting.map((one) => one.go()))
    waiting = standBy()
    return await results
  }
}

interface Waiting {
  go(): Promise<SyncResult>
  dismiss(): void
}

/** The environment is the agent's, of which sh and sync need nothing. */
const env = { LC_ALL: 'C' }

function startWaiting(fileSystem: FileSystem, what: SyncWhat): Waiting {
  const command = syncCommand(fileSystem.path, what)
  if (command === null) return cannot(fileSystem, 'there is no sync program (coreutils or busybox)')
  const child = spawn('/bin/sh', ['-c', 'read -r go && exec "$@"', 'sh', ...command], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env,
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  // One that is gone takes no word: its end says so.
  child.stdin.on('error', () => {})
  const ended = endOf(child)
  // One that hangs on a disk must not keep this process.
  child.unref()
  return {
    async go() {
      const began = performance.now()
      child.ref()
      child.stdin.write('go\n')
      const how = await ended
      const failed = how === null ? null : `${said.trim() || command.join(' ')} (${how})`
      return { fileSystem, ms: millisecondsSince(began), failed }
    },
    dismiss() {
      child.stdin.destroy()
      child.stderr.destroy()
    },
  }
}

/** Null where it has done its work, else how it ended, when all that it said is there. */
function endOf(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code) => code === 0 && resolve(null))
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
}

function cannot(fileSystem: FileSystem, why: string): Waiting {
  return { go: async () => ({ fileSystem, ms: 0, failed: why }), dismiss: () => {} }
}

function millisecondsSince(began: number): number {
  return Math.round((performance.now() - began) * 1000) / 1000
}
