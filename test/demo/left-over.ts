import { access, readdir, readFile } from 'node:fs/promises'

/** What there is of these folders: themselves, and processes that have one of them in their words or environment. */
export async function leftOver(folders: readonly string[]): Promise<readonly string[]> {
  const processes = (await readdir('/proc')).filter(
    (entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid,
  )
  const found = await Promise.all([...folders.map(folderIfThere), ...processes.map(processIfOurs)])
  return found.filter((one) => one !== undefined)

  async function processIfOurs(pid: string): Promise<string | undefined> {
    const [words, environment] = await Promise.all([textOf(pid, 'cmdline'), textOf(pid, 'environ')])
    const isOurs = folders.some((each) => words.includes(each) || environment.includes(each))
    return isOurs ? `process ${pid} (${words.replaceAll('\0', ' ').trim()})` : undefined
  }
}

async function folderIfThere(path: string): Promise<string | undefined> {
  return await access(path).then(
    () => path,
    () => undefined,
  )
}

/** Empty where the process has ended, or is somebody else's. */
async function textOf(pid: string, name: 'cmdline' | 'environ'): Promise<string> {
  return await readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
}
