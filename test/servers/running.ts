import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { exists } from './files.ts'
import type { Launched } from './launch.ts'
import type { FetchedServer } from './place.ts'
import { lastLines, tool } from './tool.ts'

/** A server that runs, until it is stopped or disposed of. */
export interface Server
  extends AsyncDisposable, Pick<FetchedServer, 'name' | 'family' | 'version' | 'folder'> {
  readonly socket: string
  /** 0: no TCP. */
  readonly port: number
  readonly pid: number
  readonly dataDir: string
  readonly errorLog: string
  /** The rows that statements give to root: columns separated by tabs, no headings, no last line end. */
  client(sql: string): Promise<string>
  /** Shuts it down and waits until its process is gone; nothing happens when it is gone already. */
  stop(): Promise<void>
  /** Sends a signal, SIGKILL if none is named; `stop()` waits for the end. */
  kill(signal?: NodeJS.Signals): void
}

export interface RunningRequest {
  readonly server: FetchedServer
  readonly process: Launched
  readonly dataDir: string
  readonly socket: string
  readonly port: number
  readonly errorLog: string
}

const startWithin = 120_000
const stopWithin = 60_000

/**
 * MySQL 5.6 and 5.7 may never end: a session that was killed just as it woke goes on at the socket of another client, and nothing
 * closes that any more (seen on 5.7 under load, and read off its threads: two in poll on one descriptor). They are killed sooner, and it is no failure.
 */
const endsSometimes = { within: 15_000, series: /^5\./ } as const

/** Waits until a server answers that was just started; one that does not is killed. */
export async function whenItAnswers(request: RunningRequest): Promise<Server> {
  const { child, ended } = request.process
  const deadline = performance.now() + startWithin
  let end: string | undefined
  void ended.then((how) => (end = how))
  while (!(await answers(request))) {
    if (end !== undefined) throw await startFailure(request, `ended with ${end}`)
    if (performance.now() > deadline) {
      child.kill('SIGKILL')
      throw await startFailure(request, `does not answer after ${startWithin / 1000} s`)
    }
    await sleep(20)
  }
  // a test that forgets to stop it is not to wait for it
  child.unref()
  return asServer(request)
}

async function startFailure({ server, errorLog }: RunningRequest, what: string): Promise<Error> {
  const log = await readFile(errorLog, 'utf8')
  const errors = log.split('\n').filter((line) => line.includes('[ERROR]'))
  const said = lastLines(errors.length > 0 ? errors.join('\n') : log)
  return new Error(`${server.name} ${what}; ${errorLog} says:\n${said}`)
}

async function answers({ server, socket }: RunningRequest): Promise<boolean> {
  if (!(await exists(socket))) return false
  const args = [...loginAt(socket), '--connect-timeout=5', 'ping']
  const { failed } = await execa(join(server.folder, 'bin/mysqladmin'), args, {
    reject: false,
    env: clientEnv,
  })
  return !failed
}

function asServer({ server, process, ...places }: RunningRequest): Server {
  const { name, family, version, folder } = server
  const { child, pid, ended } = process
  let isKilled = false
  return { name, family, version, folder, pid, ...places, client, stop, kill, [Symbol.asyncDispose]: stop }

  async function client(sql: string): Promise<string> {
    const args = [...loginAt(places.socket), '--batch', '--skip-column-names']
    return await tool(join(folder, 'bin/mysql'), args, { input: sql, env: clientEnv })
  }

  async function stop(): Promise<void> {
    child.ref()
    child.kill('SIGTERM')
    // one that a test has stopped with SIGSTOP hears the other signal after this
    child.kill('SIGCONT')
    const mayNotEnd = family === 'mysql' && endsSometimes.series.test(version)
    const timer = setTimeout(() => child.kill('SIGKILL'), mayNotEnd ? endsSometimes.within : stopWithin)
    const end = await ended
    clearTimeout(timer)
    if (end === 'signal SIGKILL' && !isKilled && !mayNotEnd) {
      throw new Error(`${name} did not stop in ${stopWithin / 1000} s and was killed; see ${places.errorLog}`)
    }
  }

  function kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (signal === 'SIGKILL') isKilled = true
    child.kill(signal)
  }
}

/** Nothing of the person who runs this: --no-defaults still reads a login path and the password's variable. */
const clientEnv = { MYSQL_TEST_LOGIN_FILE: '/dev/null', MYSQL_PWD: undefined }

function loginAt(socket: string): readonly string[] {
  return ['--no-defaults', '--protocol=socket', `--socket=${socket}`, '--user=root']
}
