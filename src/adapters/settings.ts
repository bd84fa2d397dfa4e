import { closeSync, constants, existsSync, openSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { connectionOf, usualSockets, type Connection } from '../core/connection.ts'
import { Failure } from '../core/failure.ts'
import { readName } from '../core/setting-name.ts'
import { settle, type Entry, type Source } from '../core/settle.ts'
import { settingTable, type Settings } from '../core/settings.ts'
import { errnoOf } from './errno.ts'
import { absolutePath, readOptionFiles, type FoundOption, type OptionFiles } from './option-files.ts'

/** What was settled, and every option file it was settled from, includes too. */
export interface Loaded {
  /** Of the run. */
  readonly settings: Settings
  /** The same with the connection to each server of the set: one for each defaults-file, in their order. */
  readonly servers: readonly Settings[]
  readonly files: readonly string[]
}

/** The command line by setting name, and `config`: each as often as it was given. */
export type Flags = Readonly<Record<string, readonly string[] | undefined>>

/** Where option files are looked for when nobody names them. There they may be missing. */
export const usualPlaces = {
  config: '/etc/mysql-quiesce.cnf',
  defaultsFile: settingTable['defaults-file'].default,
} as const

/**
 * The settings of this process. Rising precedence: `[client]` of the config file, `[client]` of the defaults-file,
 * `[mysql-quiesce]` of the config file, `[mysql-quiesce]` of the defaults-file, the command line.
 *
 * Throws `option-file-unreadable`, `option-file-exposed` and `bad-setting`.
 */
export function loadSettings({
  flags = {},
  env = process.env,
  places = usualPlaces,
}: {
  readonly flags?: Flags
  readonly env?: NodeJS.ProcessEnv
  readonly places?: { readonly config: string; readonly defaultsFile: string }
} = {}): Loaded {
  const commandLine = fromFlags(flags)
  const config = readFile(
    flags['config']?.at(-1) ?? (env['MYSQL_QUIESCE_CONFIG'] || undefined),
    places.config,
  )
  const ours = fromGroup('[mysql-quiesce]', config)
  const named = namedDefaultsFiles([ours, commandLine])
  const defaultsFiles = named?.map((file) => readFile(file, file)) ?? [
    readFile(undefined, places.defaultsFile),
  ]
  const settingsWith = (defaultsFile: OptionFiles) =>
    settle([
      fromGroup('[client]', config),
      fromGroup('[client]', defaultsFile),
      ours,
      withoutForeign(fromGroup('[mysql-quiesce]', defaultsFile), { isOnlyOne: defaultsFiles.length === 1 }),
      commandLine,
    ])
  const servers = defaultsFiles.map(settingsWith)
  return { settings: servers[0]!, servers, files: [config, ...defaultsFiles].flatMap(({ files }) => files) }
}

/** The connection that the settings mean, on this machine, for this user. Throws `server-unreachable`. */
export function connectionFor(settings: Settings): Connection {
  return connectionOf(settings, {
    existingSockets: usualSockets.filter((path) => existsSync(path)),
    osUser: settings.user ?? osUser(),
  })
}

function fromFlags(flags: Flags): Source {
  const entries = Object.entries(flags)
    .filter(([name]) => name !== 'config')
    .flatMap(([name, values = []]) => values.map((value) => ({ where: `--${name}`, name, value })))
  return { origin: 'command line', entries: entries.map((entry) => pathsFrom(process.cwd(), entry)) }
}

function fromGroup(origin: '[client]' | '[mysql-quiesce]', { options }: OptionFiles): Source {
  const entries = options
    .filter(({ group }) => `[${group}]` === origin)
    .map((option) => pathsFrom(dirname(option.file), asEntry(option)))
  return { origin, entries }
}

function asEntry({ file, line, name, value }: FoundOption): Entry {
  return { where: `${file}:${line}`, name, value }
}

/** What a file names is beside it; what a person names is where that person is. */
function pathsFrom(folder: string, entry: Entry): Entry {
  const { setting } = readName(entry.name)
  if (setting === null || settingTable[setting].kind !== 'path' || !entry.value) return entry
  return { ...entry, value: absolutePath(entry.value, folder) }
}

function readFile(named: string | undefined, usual: string): OptionFiles {
  if (named !== undefined) return readOptionFiles(absolutePath(named, process.cwd()))
  return isMissing(usual) ? { options: [], files: [] } : readOptionFiles(usual)
}

/** Root reads everything; to anybody else, a file of root that is closed is as good as none. */
function isMissing(path: string): boolean {
  try {
    // As it will be read: access(2) would ask for the real user, and opening a FIFO would wait for a writer.
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
    return false
  } catch (error) {
    const errno = errnoOf(error)
    return errno === 'ENOENT' || (errno === 'EACCES' && process.geteuid!() !== 0)
  }
}

function namedDefaultsFiles(sources: readonly Source[]): readonly string[] | undefined {
  const isNamed = sources.some(({ entries }) => entries.some(namesDefaultsFile))
  return isNamed ? settle(sources).defaultsFile : undefined
}

/** A defaults-file names no other; and where there are several, none of them says how the whole set is to be locked. */
function withoutForeign(source: Source, { isOnlyOne }: { readonly isOnlyOne: boolean }): Source {
  const again = source.entries.find(namesDefaultsFile)
  if (again)
    throw new Failure('bad-setting', `${again.where}: a defaults-file cannot name another defaults-file`)
  const foreign = isOnlyOne ? undefined : source.entries.find(isAboutTheRun)
  if (foreign === undefined) return source
  const message = `${foreign.where}: ${foreign.name} is about the whole set, and this defaults-file about one of its servers`
  throw new Failure('bad-setting', message)
}

function isAboutTheRun({ name }: Entry): boolean {
  const { setting } = readName(name)
  return setting !== null && settingTable[setting].group === 'quiesce'
}

function namesDefaultsFile({ name }: Entry): boolean {
  return readName(name).setting === 'defaults-file'
}

/** As the servers' clients name it: uid 0 is root, whatever passwd says. */
function osUser(): string {
  if (process.geteuid!() === 0) return 'root'
  try {
    return userInfo().username
  } catch (error) {
    const message = `uid ${process.geteuid!()} has no name in this system, and no user is set`
    throw new Failure('bad-setting', message, { cause: error })
  }
}
