import { readdir, readFile, readlink } from 'node:fs/promises'

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
  const stat = await fileOf(pid, 'stat')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0] || undefined
}

export async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await fileOf(pid, 'stat')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) || undefined
}

/** What a process has open: the targets of its descriptors. */
export async function openFilesOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`
  const descriptors = await readdir(folder)
  return await Promise.all(descriptors.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')))
}

async function fileOf(pid: number, name: string): Promise<string> {
  return await readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
}
