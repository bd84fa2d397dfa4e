import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Hold, parseHold } from '../../src/core/hold.ts'
import { type Server, startServer } from '../servers/start.ts'
import { tool } from '../servers/tool.ts'
import { type LogLine, type Settings, writeOptionFile } from '../support/lab.ts'
import { type Disk, makeDisk } from '../support/photograph/disk.ts'
import { until } from '../support/until.ts'
import { type Writer, writerAt } from '../support/writer.ts'
import { dataIn, logsIn, recordIn } from './on-disk.ts'
import { cannotRun, labFolder } from './place.ts'
import { endProcesses, ourProcesses } from './processes.ts'

/** A machine with a database, all of it on one disk, as the agents find it. */
export interface Guest {
  /** With the data directory, the log and the records on it: all of that is frozen. */
  readonly disk: Disk
  readonly server: Server
  /** The judge: other sessions on the same server. */
  readonly writer: Writer
  /** A folder for the agents' own files, in memory. */
  readonly folder: string
  /** Writes /etc/mysql-quiesce.cnf anew, with these settings changed. */
  settle(settings: Settings): Promise<void>
  hold(): Promise<Hold | null>
  /** Resolves to the hold once it is as `condition` wants it. */
  holdWhen(what: string, condition: (hold: Hold) => boolean): Promise<Hold>
  /** What is in the state directory, sorted. */
  files(): Promise<readonly string[]>
  /** The lines of the log that tell of a whole run. */
  runs(): Promise<readonly LogLine[]>
}

/** What has its usual place on a machine with one disk, and so is frozen with it. */
const usualPlaces = [
  [logsIn, '/var/log'],
  [recordIn, '/var/lib/mysql-quiesce'],
] as const

const logFile = '/var/log/mysql-quiesce.log'
const stateDir = '/var/run/veeam'
const optionFile = '/etc/mysql-quiesce.cnf'

/** Limits that a scenario which goes wrong reaches soon, and one that goes well does not on a busy machine. */
const unhurried: Settings = {
  'freeze-within': '60s',
  'lock-wait': '1s',
  'hold-at-most': '60s',
  'thaw-within': '60s',
  'connect-timeout': '30s',
}

/** One machine for all scenarios of a file, and what each of them has to leave behind: nothing. */
export function guestOf(): { scenario(title: string, play: (guest: Guest) => Promise<void>): void } {
  let machine: Machine | undefined
  before(async () => {
    if (cannotRun === undefined) machine = await openMachine()
  })
  after(async () => await machine?.[Symbol.asyncDispose]())
  return { scenario }

  function scenario(title: string, play: (guest: Guest) => Promise<void>): void {
    test(title, { skip: cannotRun ?? false, timeout: 240_000 }, async () => {
      assert.ok(machine)
      await machine.reset()
      try {
        await play(machine)
        await isLeftClean(machine)
      } catch (error) {
        throw firstOf(error)
      } finally {
        await machine.rescue()
      }
    })
  }
}

interface Machine extends Guest, AsyncDisposable {
  /** The settings and the log of the beginning. */
  reset(): Promise<void>
  /** Thaws and ends what a scenario that failed has left. */
  rescue(): Promise<void>
}

async function openMachine(): Promise<Machine> {
  const folder = labFolder!
  const disk = await makeDisk({ place: join(folder, 'disk'), copied: 'bytes' })
  const { place } = disk
  for (const [there, usual] of usualPlaces) await bind(there(place), usual)
  await rm('/root/.my.cnf', { force: true })
  const server = await startServer({ name: 'mariadb-10.11', dir: dataIn(place) })
  const { socket } = server
  const writer = await writerAt(socket)

  return {
    disk,
    server,
    writer,
    folder,
    settle,
    hold,
    files,
    async holdWhen(what, condition) {
      const look = async () => {
        const seen = await hold()
        return seen !== null && condition(seen) && seen
      }
      return await until(what, look, { within: 60_000 })
    },
    async runs() {
      const text = await readFile(logFile, 'utf8').catch(() => '')
      const lines = text.split('\n').filter(Boolean)
      return lines.map((line) => JSON.parse(line) as LogLine).filter(({ msg }) => /^run \S+: /.test(msg))
    },
    async reset() {
      await rm(logFile, { force: true })
      await settle({})
    },
    async rescue() {
      await disk.thaw()
      await endProcesses(await ourProcesses())
      for (const name of await files()) await rm(join(stateDir, name), { force: true })
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      for (const [, usual] of usualPlaces) await tool('umount', [usual])
      await disk[Symbol.asyncDispose]()
    },
  }

  async function settle(changes: Settings): Promise<void> {
    await writeOptionFile(optionFile, 'mysql-quiesce', { ...unhurried, socket, ...changes })
  }

  async function hold(): Promise<Hold | null> {
    return parseHold(await readFile(join(stateDir, 'hold.json'), 'utf8').catch(() => ''))
  }

  async function files(): Promise<readonly string[]> {
    return (await readdir(stateDir).catch((): string[] => [])).toSorted()
  }
}

/** What went wrong in a scenario, and not what went wrong because of it when it was cleaned up. */
function firstOf(error: unknown): unknown {
  const isSuppressed = typeof error === 'object' && error !== null && 'suppressed' in error
  return isSuppressed ? firstOf(error.suppressed) : error
}

async function bind(there: string, usual: string): Promise<void> {
  for (const folder of [there, usual]) await mkdir(folder, { recursive: true })
  await tool('mount', ['--bind', there, usual])
}

async function isLeftClean({ disk, writer, files }: Guest): Promise<void> {
  assert.equal(await disk.isFrozen(), false)
  await until('no process of ours is left', async () => (await ourProcesses()).length === 0)
  assert.deepEqual(await files(), [])
  await writer.writesAtOnce()
}
