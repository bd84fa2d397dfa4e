import { readdir, readFile } from 'node:fs/promises'
import { until } from '../support/until.ts'
import { type Process, stateOf } from '../support/processes.ts'

/** The executables' processes in this namespace: their sh heads, and Node.js. */
export async function ourProcesses(
  which = /\/(pre-freeze-script|post-thaw-script|locktables|fsfreeze-hook[^/]*)$/,
): Promise<readonly Process[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number)
  const all = await Promise.all(pids.map(async (pid) => ({ pid, args: await argsOf(pid) })))
  return all.filter(({ args }) => args.slice(0, 2).some((word) => which.test(word)))
}

/** The Node.js of an executable, not the sh that waits for it. */
export async function nodeOf(name: string): Promise<Process | undefined> {
  const found = await ourProcesses(new RegExp(`/${name}$`))
  return found.find(({ args: [program = ''] }) => program.endsWith('/node'))
}

export async function endProcesses(processes: readonly Process[]): Promise<void> {
  for (const { pid } of processes) signal(pid)
  for (const { pid } of processes) await until(`process ${pid} is gone`, async () => await isGone(pid))
}

async function isGone(pid: number): Promise<boolean> {
  const state = await stateOf(pid)
  return state === undefined || state === 'Z'
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone since it was seen
  }
}

async function argsOf(pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return text.split('\0').filter(Boolean)
}
