import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { now } from '../bench/monotonic.ts'
import { account } from '../support/accounts.ts'
import { nodeOf } from '../support/moments.ts'
import { parentOf } from '../support/processes.ts'
import type { ScriptName } from '../support/scripts.ts'
import { photographOf } from './photographs.ts'
import type { Stage } from './stage.ts'
import { lastNumbered } from './tables.ts'

/** Does it, or begins it; `missed`: there was nobody to do it to. */
type Deed = (stage: Stage) => Promise<'done' | 'missed'>

type Victim = (stage: Stage) => Promise<number | undefined>

const preFreeze: Victim = ({ lab }) => nodeOf(lab, 'pre-freeze-script')
const preFreezeLauncher: Victim = (stage) => launcherOf(stage, 'pre-freeze-script')
const locktables: Victim = ({ lab }) => nodeOf(lab, 'locktables')
const postThaw: Victim = ({ lab }) => nodeOf(lab, 'post-thaw-script')
const postThawLauncher: Victim = (stage) => launcherOf(stage, 'post-thaw-script')

const deeds = {
  freeze: async (stage: Stage) => begin(stage, freeze(stage)),
  thaw: async (stage: Stage) => begin(stage, thaw(stage, 'thaw')),
  freezeFail: async (stage: Stage) => begin(stage, thaw(stage, 'freezeFail')),
  'SIGKILL to pre-freeze-script': signal('SIGKILL', preFreeze),
  'SIGKILL to the launcher of pre-freeze-script': signal('SIGKILL', preFreezeLauncher),
  'SIGKILL to locktables': signal('SIGKILL', locktables),
  'SIGKILL to post-thaw-script': signal('SIGKILL', postThaw),
  'SIGKILL to the launcher of post-thaw-script': signal('SIGKILL', postThawLauncher),
  'SIGSTOP to pre-freeze-script': signal('SIGSTOP', preFreeze),
  'SIGSTOP to the launcher of pre-freeze-script': signal('SIGSTOP', preFreezeLauncher),
  'SIGSTOP to locktables': signal('SIGSTOP', locktables),
  'SIGSTOP to post-thaw-script': signal('SIGSTOP', postThaw),
  'SIGSTOP to the launcher of post-thaw-script': signal('SIGSTOP', postThawLauncher),
  'SIGTERM to pre-freeze-script': signal('SIGTERM', preFreeze),
  'SIGTERM to the launcher of pre-freeze-script': signal('SIGTERM', preFreezeLauncher),
  'SIGTERM to locktables': signal('SIGTERM', locktables),
  'SIGTERM to post-thaw-script': signal('SIGTERM', postThaw),
  'SIGTERM to the launcher of post-thaw-script': signal('SIGTERM', postThawLauncher),
  'KILL CONNECTION of the holder': (stage: Stage) => kill(stage, 'CONNECTION', 'holder'),
  'KILL CONNECTION of the observer': (stage: Stage) => kill(stage, 'CONNECTION', 'observer'),
  'KILL QUERY of the holder': (stage: Stage) => kill(stage, 'QUERY', 'holder'),
  'KILL QUERY of the observer': (stage: Stage) => kill(stage, 'QUERY', 'observer'),
  'the server is restarted': async (stage: Stage) => outOfService(stage, ({ restart }) => restart()),
  'the server is killed': async (stage: Stage) =>
    outOfService(stage, async ({ server, restart }) => {
      server.kill()
      await restart()
    }),
  'the server stands still': async (stage: Stage) =>
    outOfService(stage, async ({ server }) => {
      server.kill('SIGSTOP')
      await sleep(1500)
      server.kill('SIGCONT')
    }),
  'a long SELECT': async (stage: Stage) => occupy(stage, 'SELECT SLEEP(2) FROM torture.elsewhere'),
  'a long UPDATE': async (stage: Stage) => occupy(stage, 'UPDATE torture.elsewhere SET n = n + 1 + SLEEP(2)'),
  'LOCK TABLES ... WRITE': async (stage: Stage) =>
    occupy(stage, 'LOCK TABLES torture.elsewhere WRITE', 'DO SLEEP(1.5)'),
  'rm waitforsnapshot': ({ lab }: Stage) => remove(lab.stateDir, 'waitforsnapshot'),
  'rm waitforlock': ({ lab }: Stage) => remove(lab.stateDir, 'waitforlock'),
  'rm hold.json': ({ lab }: Stage) => remove(lab.stateDir, 'hold.json'),
  'touch waitforsnapshot': ({ lab }: Stage) => touch(lab.stateDir, 'waitforsnapshot'),
  'touch waitforlock': ({ lab }: Stage) => touch(lab.stateDir, 'waitforlock'),
  'rm -r the state directory': async ({ lab }: Stage) => {
    await rm(lab.stateDir, { recursive: true })
    await mkdir(lab.stateDir, { mode: 0o700 })
    return 'done'
  },
} as const satisfies Record<string, Deed>

export type DeedName = keyof typeof deeds

export const deedNames = Object.keys(deeds).filter((name): name is DeedName => Object.hasOwn(deeds, name))

/** What an agent does when all is well; everything else is a fault. */
export function isFault(name: DeedName): boolean {
  return !['freeze', 'thaw', 'freezeFail'].includes(name)
}

/** A deed that fails because what it was done to has gone has missed. */
export async function deed(name: DeedName, stage: Stage): Promise<'done' | 'missed'> {
  return await deeds[name](stage).catch(() => 'missed' as const)
}

/** The writer's last row, as somebody else sees it now; undefined where no answer comes. */
async function copyOf({ ground }: Stage): Promise<number | undefined> {
  const rows = await Promise.race([ground.ask(lastNumbered).catch(() => []), sleep(500, [], { ref: false })])
  return rows[0] && Number(rows[0]['last'])
}

function begin(stage: Stage, work: Promise<unknown>): 'done' {
  stage.going.push(work.catch((error: unknown) => stage.note(`went wrong: ${String(error)}`)))
  return 'done'
}

export async function freeze(stage: Stage): Promise<void> {
  const { lab, freezes, note } = stage
  const mine: Stage['freezes'][number] = { began: now() }
  freezes.push(mine)
  const result = await lab.start('pre-freeze-script', ['freeze']).ended
  mine.end = { ...result, at: now() }
  const photograph = await photographOf(stage)
  if (photograph) mine.photograph = photograph
  const copy = await copyOf(stage)
  if (copy !== undefined) mine.copy = copy
  note(`freeze: ${result.exitCode ?? result.signal}: ${result.stdout.trim()} (row ${copy})`)
}

export async function thaw(stage: Stage, event: 'thaw' | 'freezeFail'): Promise<void> {
  const { lab, thaws, note } = stage
  const copy = await copyOf(stage)
  const photograph = await photographOf(stage)
  const mine: Stage['thaws'][number] = { copy, photograph, began: now() }
  thaws.push(mine)
  const result = await lab.start('post-thaw-script', [event]).ended
  mine.end = { ...result, at: now() }
  note(`${event}: ${result.exitCode ?? result.signal}: ${result.stdout.trim()} (row ${copy})`)
}

/** The sh that waits for a script's Node, or the Node that it has made way for. */
async function launcherOf({ lab }: Stage, script: ScriptName): Promise<number | undefined> {
  const node = await nodeOf(lab, script)
  const all = await lab.processes()
  const parent = node && (await parentOf(node))
  return all.find(({ pid }) => pid === parent)?.pid
}

function signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGTERM', victim: Victim): Deed {
  return async (stage) => {
    const pid = await victim(stage)
    if (pid === undefined) return 'missed'
    process.kill(pid, name)
    return 'done'
  }
}

async function kill(stage: Stage, what: 'CONNECTION' | 'QUERY', whose: 'holder' | 'observer') {
  const { lab, ground } = stage
  const rows = await ground.ask('SHOW FULL PROCESSLIST')
  const ours = rows.filter((row) => row['User'] === account.user)
  const frozen = (await lab.frozen())?.connection
  const holder = ours.find((row) => row['Id'] === frozen || String(row['Info']).startsWith('FLUSH TABLES'))
  const victim = whose === 'holder' ? holder : ours.find((row) => row !== holder)
  if (victim === undefined) return 'missed'
  await ground.ask(`KILL ${what} ${victim['Id']}`)
  return 'done'
}

/** One at a time; beside the schedule, which goes on meanwhile. */
function outOfService(stage: Stage, work: (ground: Stage['ground']) => Promise<void>): 'done' | 'missed' {
  const { troubles, ground, note } = stage
  if (troubles.at(-1)?.to === Infinity) return 'missed'
  const from = now()
  troubles.push({ from, to: Infinity })
  const over = () => {
    // The writer has to connect again.
    troubles[troubles.length - 1] = { from, to: now() + 1000 }
    note('the server is there again')
  }
  return begin(stage, work(ground).finally(over))
}

/** A session that is at it, beside the schedule, and then leaves. */
function occupy(stage: Stage, ...statements: readonly string[]): 'done' {
  return begin(stage, occupied())

  async function occupied(): Promise<void> {
    const session = await createConnection({ socketPath: stage.ground.server.socket, user: 'root' })
    session.on('error', () => {})
    try {
      for (const statement of statements) await session.query(statement)
    } catch {
      // the server is out of service
    } finally {
      session.destroy()
    }
  }
}

async function remove(folder: string, name: string): Promise<'done'> {
  await rm(join(folder, name))
  return 'done'
}

async function touch(folder: string, name: string): Promise<'done'> {
  await writeFile(join(folder, name), '', { flag: 'a' })
  return 'done'
}
