import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FrozenServer, type Hold, parseHold } from '../../src/core/hold.ts'
import { account } from './accounts.ts'
import { type Process, processesWith } from './processes.ts'
import { type Result, type Script, type ScriptName, shipped, start, type Way } from './scripts.ts'
import { until } from './until.ts'

export type Settings = Readonly<Record<string, string>>

/** The product in folders of its own: what an operator installs on one machine, as often as there are scenarios. */
export interface Lab extends AsyncDisposable {
  readonly stateDir: string
  readonly recordDir: string
  readonly logFile: string
  /** The option file that MYSQL_QUIESCE_CONFIG names. */
  readonly config: string
  /** The defaults-file that it names. */
  readonly credentials: string
  /** A folder for whatever else a scenario needs. */
  readonly folder: string
  /** Environment of everything that is started from now on. */
  readonly env: Record<string, string>
  /** Writes the option file anew, with these settings changed or added. */
  settle(settings: Settings): Promise<void>
  /** Writes the defaults-file anew, with these options changed or added. */
  logInAs(login: Settings): Promise<void>
  start(name: ScriptName, args?: readonly string[], how?: Omit<Way, 'env'>): Script
  /** pre-freeze-script to its end; an agent's script says one line on stdout, and nothing on stderr. */
  freeze(...args: readonly string[]): Promise<Result>
  /** post-thaw-script to its end. */
  thaw(...args: readonly string[]): Promise<Result>
  hold(): Promise<Hold | null>
  /** What is held of the only server, or the first; undefined while it is not frozen. */
  frozen(): Promise<FrozenServer | undefined>
  /** Resolves to the hold once it is as `condition` wants it. */
  holdWhen(what: string, condition: (hold: Hold) => boolean): Promise<Hold>
  /** What is in the state directory, sorted. */
  files(): Promise<readonly string[]>
  log(): Promise<readonly LogLine[]>
  /** The text of all lines: those of the log, and those that are still kept in the state directory. */
  said(): Promise<string>
  /** The processes of this lab that run. */
  processes(): Promise<readonly Process[]>
  /** Throws unless every process has ended and no file of a run is left. */
  isLeftClean(): Promise<void>
}

export interface LogLine {
  readonly level: number
  readonly time: string
  readonly script: string
  readonly msg: string
  readonly [fact: string]: unknown
}

/** Short enough that a scenario which goes wrong is over soon, and long enough for a machine with other work to do. */
const unhurried: Settings = {
  'freeze-within': '20s',
  'lock-wait': '1s',
  'hold-at-most': '20s',
  'thaw-within': '5s',
}

export async function openLab(socket: string): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'quiesce-lab-'))
  const stateDir = await mkdtemp(join(memory(), 'quiesce-state-'))
  const [config, credentials] = [join(folder, 'quiesce.cnf'), join(folder, 'my.cnf')]
  const [recordDir, logFile] = [join(folder, 'record'), join(folder, 'quiesce.log')]
  const env: Record<string, string> = {
    MYSQL_QUIESCE_STATE_DIR: stateDir,
    MYSQL_QUIESCE_CONFIG: config,
    QUIESCE_LAB: folder,
  }
  let settings: Settings = {
    ...unhurried,
    'defaults-file': credentials,
    'record-dir': recordDir,
    'log-file': logFile,
  }
  await logInAs({})
  await settle({})

  const lab: Lab = {
    folder,
    stateDir,
    config,
    credentials,
    recordDir,
    logFile,
    env,
    settle,
    logInAs,
    start: (name, args = [], how = {}) => start(shipped(name), args, { env, ...how }),
    freeze: (...args) => asAgent(lab.start('pre-freeze-script', args)),
    thaw: (...args) => asAgent(lab.start('post-thaw-script', args)),
    async hold() {
      return parseHold(await readFile(join(stateDir, 'hold.json'), 'utf8').catch(() => ''))
    },
    frozen: async () => (await lab.hold())?.frozen?.servers[0],
    async holdWhen(what, condition) {
      return await until(what, async () => {
        const hold = await lab.hold()
        return hold !== null && condition(hold) && hold
      })
    },
    files: async () => (await readdir(stateDir)).toSorted(),
    async log() {
      const text = await readFile(logFile, 'utf8').catch(() => '')
      return text.split('\n').filter(Boolean).map(parseLine)
    },
    async said() {
      const kept = (await lab.files())
        .filter((name) => /\.log\b/.test(name))
        .map((name) => join(stateDir, name))
      const texts = [...kept, logFile].map((file) => readFile(file, 'utf8').catch(() => ''))
      return (await Promise.all(texts)).join('')
    },
    processes: () => processesWith('QUIESCE_LAB', folder),
    async isLeftClean() {
      await until('no process is left', async () => (await lab.processes()).length === 0)
      assert.deepEqual(await lab.files(), [])
    },
    async [Symbol.asyncDispose]() {
      for (const { pid } of await lab.processes()) endProcess(pid)
      await until('all are killed', async () => (await lab.processes()).length === 0)
      for (const left of [folder, stateDir]) await rm(left, { recursive: true, force: true })
    },
  }
  return lab

  async function settle(changes: Settings): Promise<void> {
    settings = { ...settings, ...changes }
    await writeOptionFile(config, 'mysql-quiesce', settings)
  }

  async function logInAs(login: Settings): Promise<void> {
    const transport = 'host' in login ? {} : { socket }
    await writeOptionFile(credentials, 'client', { ...account, ...transport, ...login })
  }
}

/** One that has ended meanwhile has not to be ended. */
function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended
  }
}

export async function writeOptionFile(file: string, group: string, options: Settings): Promise<void> {
  const lines = Object.entries(options).map(([name, value]) => `${name} = "${value}"`)
  await writeFile(file, [`[${group}]`, ...lines, ''].join('\n'), { mode: 0o600 })
}

/** Throws for a line that is no JSON object with what every line of the log has. */
function parseLine(line: string): LogLine {
  const value: unknown = JSON.parse(line)
  assert.ok(isLogLine(value), `no line of the log: ${line}`)
  return value
}

function isLogLine(value: unknown): value is LogLine {
  if (typeof value !== 'object' || value === null) return false
  const { level, time, script, msg } = Object.fromEntries(Object.entries(value))
  return (
    typeof level === 'number' &&
    typeof time === 'string' &&
    typeof script === 'string' &&
    typeof msg === 'string'
  )
}

async function asAgent({ ended }: Script): Promise<Result> {
  const result = await ended
  assert.equal(result.stderr, '')
  assert.match(result.stdout, /^[^\n]+\n$/)
  return result
}

/** Where a state directory belongs: not on a disk. */
function memory(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
}
