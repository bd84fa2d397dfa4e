import { type ChildProcess, spawn } from 'node:child_process'
import type { FileSystem } from '../../core/disk/disk-evidence.ts'
import type { DiskWatch, SeenDisk } from '../../core/world.ts'
import { monotonic, type Span } from './board.ts'
import { type Answer, conversationWith } from './conversation.ts'
import { eagerWord, isWatchBegun, isWatchSeen, seenWord, type WatchOrder, type WatchSeen } from './words.ts'

/** Starts the process that watches these file systems for at most `within` milliseconds. `program`: what Node.js is called with for it. */
export function watchFileSystems(
  fileSystems: readonly FileSystem[],
  { program, within }: { readonly program: readonly string[]; readonly within: number },
): DiskWatch {
  const child = spawned(program)
  const watcher = conversationWith(child, 'the watcher')
  const order: WatchOrder = { folders: fileSystems.map(({ path }) => path), within }
  const begun = watcher.ask(JSON.stringify(order), isWatchBegun)
  return {
    async ready() {
      await begun
    },
    beEager: () => watcher.tell(eagerWord),
    async seen() {
      const reasons = await begun
      if ('nothing' in reasons) return fileSystems.map((one) => unwatched(one, reasons.nothing))
      const seen = await watcher.ask(seenWord, isWatchSeen)
      return fileSystems.map((one, index) => seenDisk(one, { reason: reasons.said[index], seen, index }))
    },
    [Symbol.dispose]() {
      child.kill('SIGKILL')
      child.stdin?.destroy()
      child.stdout?.destroy()
    },
  }
}

/** Without threads of the collector, for which a probing thread would sleep. In a session of its own and with nothing of the agent's: neither its descriptors nor its environment. It must not keep this process. */
function spawned(program: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['--single-threaded-gc', '--no-opt', ...program], {
    detached: true,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.unref()
  return child
}

interface Told {
  readonly reason: string | null | undefined
  readonly seen: Answer<WatchSeen>
  readonly index: number
}

function seenDisk(fileSystem: FileSystem, { reason, seen, index }: Told): SeenDisk {
  if (typeof reason === 'string') return unwatched(fileSystem, reason)
  if ('nothing' in seen) return unwatched(fileSystem, seen.nothing)
  return { fileSystem, stoodStill: (seen.said[index] ?? []).map(asAgo), notWatched: null }
}

function unwatched(fileSystem: FileSystem, why: string): SeenDisk {
  return { fileSystem, stoodStill: [], notWatched: why }
}

function asAgo({ from, until }: Span): SeenDisk['stoodStill'][number] {
  const now = monotonic()
  return { fromAgo: now - from, untilAgo: until === null ? null : now - until }
}
