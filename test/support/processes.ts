import { readdir, readFile, readlink } from 'node:fs/promises'
import { until } from './until.ts'

/** A process and what it was started with. */
export interface Process {
  readonly pid: number
  readonly args: readonly string[]
}

/** Every process that has this in its environment, whoever its parent is by now; zombies have ended. */
export async function processesWith(name: string, value: string): Promise<readonly Process[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number)
  const found = await Promise.all(pids.map((pid) => processIf(pid, `${name}=${value}`)))
  return found.filter((process) => process !== null)
}

async function processIf(pid: number, variable: string): Promise<Process | null> {
  const environment = await fileOf(pid, 'environ')
  if (!environment.split('\0').includes(variable)) return null
  return { pid, args: (await fileOf(pid, 'cmdline')).split('\0').filter(Boolean) }
}

/** State of a process as /proc has it, `T` for a stopped one; undefined for one that is gone. */
export async function stateOf(pid: number): Promise<string | undefined> {
  return (await statOf(pid))[0]
}

/** The session that a process is in, by the pid of its leader. */
export async function sessionOf(pid: number): Promise<number> {
  return Number((await statOf(pid))[3])
}

export async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await fileOf(pid, 'stat')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) || undefined
}

/** The children of this process, zombies too; needs a kernel with CONFIG_PROC_CHILDREN, as those of the distributions are. */
export async function ourChildren(): Promise<readonly number[]> {
  const tasks = await readdir('/proc/self/task')
  const lists = await Promise.all(tasks.map((task) => fileOf(process.pid, `task/${task}/children`)))
  return lists.flatMap((text) => text.split(' ').filter(Boolean).map(Number))
}

/** What a process has open, by descriptor. */
export async function openFilesOf(pid: number): Promise<ReadonlyMap<number, string>> {
  const folder = `/proc/${pid}/fd`
  const entries = (await readdir(folder)).map(
    async (fd) => [Number(fd), await readlink(`${folder}/${fd}`).catch(() => '')] as const,
  )
  return new Map(await Promise.all(entries))
}

/** State, parent, group, session, ...: what follows the name of the program in /proc/PID/stat. */
async function statOf(pid: number): Promise<string[]> {
  const stat = await fileOf(pid, 'stat')
  return stat
    .slice(stat.lastIndexOf(')') + 1)
    .split(' ')
    .filter(Boolean)
}

async function fileOf(pid: number, name: string): Promise<string> {
  return await readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
}

/** Stops a process, and resolves when it does nothing any more. */
export async function bringToAStand(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  await until('it stands still', async () => (await stateOf(pid)) === 'T')
}
