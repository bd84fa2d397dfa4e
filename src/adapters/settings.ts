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
  readonly settings: Settings
  readonly files: readonly string[]
}

/** The command line by setting name, and `config`: as `parseArgs({ options: parseArgsOptions() })` gives it. */
export type Flags = Readonly<Record<string, string | undefined>>

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
  const config = readFile(flags['config'] ?? (env['MYSQL_QUIESCE_CONFIG'] || undefined), places.config)
  const ours = fromGroup('[mysql-quiesce]', config)
  const defaultsFile = readFile(namedDefaultsFile([ours, commandLine]), places.defaultsFile)
  const settings = settle([
    fromGroup('[client]', config),
    fromGroup('[client]', defaultsFile),
    ours,
    withoutDefaultsFile(fromGroup('[mysql-quiesce]', defaultsFile)),
    commandLine,
  ])
  return { settings, files: [...config.files, ...defaultsFile.files] }
}

/** The connection that the settings mean, on this machine, for this user. Throws `server-unreachable`. */
export function connectionFor(settings: Settings): Connection {
  return connectionOf(settings, {
    existingSockets: usualSockets.filter((path) => existsSync(path)),
    osUser: settings.user ?? osUser(),
  })
}

function fromFlags(flags: Flags): Source {
  const entries = Object.entries(flags).flatMap(([name, value]) =>
    name === 'config' || value === undefined
      ? []
      : [pathsFrom(process.cwd(), { where: `--${name}`, name, value })],
  )
  return { origin: 'command line', entries }
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

function namedDefaultsFile(sources: readonly Source[]): string | undefined {
  const isNamed = sources.some(({ entries }) => entries.some(namesDefaultsFile))
  return isNamed ? settle(sources).defaultsFile : undefined
}

function withoutDefaultsFile(source: Source): Source {
  const again = source.entries.find(namesDefaultsFile)
  if (again === undefined) return source
  throw new Failure('bad-setting', `${again.where}: a defaults-file cannot name another defaults-file`)
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
