import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { FileSystem } from '../../core/disk/disk-evidence.ts'
import type { DiskWatch, SeenDisk } from '../../core/world.ts'
import { monotonic, type Span } from './board.ts'
import { eagerWord, type WatchBegun, type WatchOrder, type WatchSeen } from './watcher.ts'

/** Starts the process that watches these file systems for at most `within` milliseconds. `program`: what Node.js is called with for it. */
export function watchFileSystems(
  fileSystems: readonly FileSystem[],
  { program, within }: { readonly program: readonly string[]; readonly within: number },
): DiskWatch {
  const child = spawned(program)
  const lines = linesOf(child)
  const order: WatchOrder = { folders: fileSystems.map(({ path }) => path), within }
  const begun = lines.ask<WatchBegun>(order)
  return {
    async ready() {
      await begun
    },
    beEager: () => lines.tell(eagerWord),
    async seen() {
      const reasons = await begun
      const seen = typeof reasons === 'string' ? reasons : await lines.ask<WatchSeen>('seen')
      return fileSystems.map((fileSystem, index): SeenDisk => {
        if (typeof reasons === 'string' || typeof seen === 'string')
          return { fileSystem, stoodStill: [], notWatched: String(seen) }
        return { fileSystem, stoodStill: (seen[index] ?? []).map(asAgo), notWatched: reasons[index] ?? null }
      })
    },
    [Symbol.dispose]() {
      child.kill('SIGKILL')
      child.stdin?.destroy()
      child.stdout?.destroy()
    },
  }
}

function asAgo({ from, until }: Span): SeenDisk['stoodStill'][number] {
  const now = monotonic()
  return { fromAgo: now - from, untilAgo: until === null ? null : now - until }
}

/** In a session of its own and with nothing of the agent's: neither its descriptors nor its environment. It must not keep this process. */
function spawned(program: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [...program], {
    detached: true,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin?.on('error', () => {})
  child.unref()
  return child
}

interface Lines {
  tell(line: string): void
  /** The answer, or why there is none. */
  ask<T>(question: unknown): Promise<T | string>
}

function linesOf(child: ChildProcess): Lines {
  const waiting: ((answer: string | null) => void)[] = []
  let why: string | null = null
  const give = (reason: string) => {
    why ??= reason
    for (const answer of waiting.splice(0)) answer(null)
  }
  child.once('error', ({ message }) => give(`the watcher could not be started: ${message}`))
  child.once('exit', (code, signal) => give(`the watcher ended with ${signal ?? `exit code ${code}`}`))
  const { stdin, stdout } = child
  if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => waiting.shift()?.(line))
  const tell = (line: string) => void stdin?.write(`${line}\n`)
  return {
    tell,
    async ask<T>(question: unknown) {
      if (why !== null) return why
      const answer = new Promise<string | null>((resolve) => waiting.push(resolve))
      tell(JSON.stringify(question))
      // Only while it is waited for does it keep this process.
      child.ref()
      const line = await answer
      child.unref()
      return line === null ? String(why) : (JSON.parse(line) as T)
    },
  }
}
