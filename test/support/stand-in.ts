import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Lab } from './lab.ts'
import { type Result, type ScriptName, shipped, start } from './scripts.ts'

/** Somebody who calls the scripts for a backup. */
export interface StandIn {
  readonly freeze: (word?: string) => Promise<Result>
  readonly thaw: (word?: string) => Promise<Result>
}

/** A process of this name, with the scripts as its children: to them it is that agent. */
export async function agentNamed(name: string, lab: Lab): Promise<StandIn> {
  const agent = join(lab.folder, name)
  await copyFile('/bin/sh', agent)
  await chmod(agent, 0o755)
  const call = (script: ScriptName, word: string) =>
    start(agent, ['-c', '"$@"; exit "$?"', 'sh', shipped(script), word], { env: lab.env }).ended
  return {
    freeze: (word = 'freeze') => call('pre-freeze-script', word),
    thaw: (word = 'thaw') => call('post-thaw-script', word),
  }
}

/** The pair that Veeam uploads, as it is shipped but for where it finds the command. */
export async function veeamPair(lab: Lab): Promise<StandIn> {
  const [freeze, thaw] = await Promise.all(['pre-freeze', 'post-thaw'].map(uploaded))
  return {
    freeze: () => start(freeze!, [], { env: lab.env }).ended,
    thaw: () => start(thaw!, [], { env: lab.env }).ended,
  }

  async function uploaded(what: string): Promise<string> {
    const bundle = dirname(shipped('locktables'))
    const text = await readFile(join(bundle, `platforms/veeam/mysql-quiesce-${what}.sh`), 'utf8')
    const file = join(lab.folder, `${what}.sh`)
    await writeFile(file, text.replace('/usr/sbin/mysql-quiesce)', `'${bundle}/mysql-quiesce')`), {
      mode: 0o755,
    })
    return file
  }
}
