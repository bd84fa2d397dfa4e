import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseStat, type ProcessIdentity } from '../../src/core/process.ts'
import type { Scene } from './guest.ts'
import type { Lab } from './lab.ts'
import { bringToAStand, stateOf } from './processes.ts'
import type { Script, ScriptName } from './scripts.ts'
import { until } from './until.ts'
import type { Occupation, Writer } from './writer.ts'

/** A freeze that has come as far as its `doing` in hold.json says, and what keeps it there until it is disposed of. */
export interface Moment extends AsyncDisposable {
  readonly freeze: Script
  /** Of locktables. */
  readonly locker: number
}

/** What keeps a freeze from going on. */
const waits = {
  /** A statement that writes, and runs for longer than quiet-query: it is waited for, and no lock is asked for. */
  'waiting for a quiet moment': async ({ lab, writer }: Scene) => {
    await lab.settle({ 'quiet-query': '0s' })
    return await writer.occupies('DO SLEEP(1000)')
  },
  /** A session that keeps a table locked and does nothing: only the lock itself can notice. */
  'waiting for the lock': async ({ writer }: Scene) => await inTheWay(writer),
} as const

export type Wait = keyof typeof waits

export const everyWait: readonly Wait[] = ['waiting for a quiet moment', 'waiting for the lock']

export async function freezeAt(wait: Wait, scene: Scene, ...args: readonly string[]): Promise<Moment> {
  const { lab } = scene
  const cause = await waits[wait](scene)
  const freeze = lab.start('pre-freeze-script', ['freeze', ...args])
  const { locker } = await lab.holdWhen(wait, ({ doing }) => doing.startsWith(wait))
  return { freeze, locker: locker.pid, [Symbol.asyncDispose]: () => cause[Symbol.asyncDispose]() }
}

/** A session that has locked a table for writing, and does nothing. */
export async function inTheWay(writer: Writer): Promise<Occupation> {
  return await writer.occupies('LOCK TABLES shop.orders WRITE')
}

/** The locker stands still until this is disposed of. */
export async function lockerStopped(lab: Lab): Promise<AsyncDisposable> {
  const { locker } = (await lab.hold())!
  await bringToAStand(locker.pid)
  return {
    async [Symbol.asyncDispose]() {
      if ((await stateOf(locker.pid)) === 'T') process.kill(locker.pid, 'SIGCONT')
    },
  }
}

/** Is a script's Node running, and not in the hands of its launcher any more? */
export async function nodeOf(lab: Lab, script: ScriptName): Promise<number | undefined> {
  const all = await lab.processes()
  return all.find(({ args }) => basename(args[0] ?? '') === 'node' && basename(args[1] ?? '') === script)?.pid
}

/** Asks as an operator does, with two files that name no run. */
export async function touchLockFiles(lab: Lab): Promise<void> {
  for (const name of ['waitforlock', 'waitforsnapshot']) await writeFile(join(lab.stateDir, name), '')
}

/** Lets go as an operator does. */
export async function removeWaitForSnapshot(lab: Lab): Promise<void> {
  await rm(join(lab.stateDir, 'waitforsnapshot'))
}

/** A process that has ended and that nobody has waited for: its parent is a `sleep` by now. */
export async function makeZombie(): Promise<Disposable & { readonly identity: ProcessIdentity }> {
  const parent = spawn('/bin/sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [said] = await once(parent.stdout, 'data')
  const pid = Number(String(said))
  await until(
    'both are sleep',
    async () => (await nameOf(pid)) + (await nameOf(parent.pid!)) === 'sleepsleep',
  )
  const { startTime } = parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'))!
  process.kill(pid, 'SIGKILL')
  await until('it is a zombie', async () => (await stateOf(pid)) === 'Z')
  return { identity: { pid, startTime }, [Symbol.dispose]: () => void parent.kill('SIGKILL') }
}

async function nameOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
}
