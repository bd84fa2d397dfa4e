import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openApt, type Apt } from './apt.ts'
import type { DebianPackages } from './catalog.ts'
import { lock } from './lock.ts'

/** The folder of all servers, ours alone until it is disposed of, and what the servers made meanwhile share. */
export interface Workshop extends AsyncDisposable {
  readonly root: string
  /** A folder for what is not finished; what an interrupted fetch left in it is gone. */
  readonly stages: string
  readonly progress: (line: string) => void
  /** apt on some suites, whose lists are read once. */
  apt(suites: DebianPackages['suites']): Promise<Apt>
}

export async function openWorkshop({
  root,
  progress,
}: Pick<Workshop, 'root' | 'progress'>): Promise<Workshop> {
  await mkdir(root, { recursive: true })
  const held = await lock(join(root, '.lock'), () => progress(`waiting for another fetch into ${root}`))
  const stages = join(root, '.stage')
  await rm(stages, { recursive: true, force: true })
  await mkdir(stages)
  const open = new Map<string, Promise<Apt>>()
  return { root, stages, progress, apt, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() }

  function apt(suites: DebianPackages['suites']): Promise<Apt> {
    const key = suites.join('+')
    const there = open.get(key) ?? openApt({ dir: join(root, '.apt'), suites, progress })
    open.set(key, there)
    return there
  }
}
