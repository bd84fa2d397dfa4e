import { transportKind } from './connection.ts'
import { formatDuration } from './duration.ts'
import { Failure } from './failure.ts'
import { didYouMean, mayBeMany, readName, settingNames, type WrittenName } from './setting-name.ts'
import { readValue } from './setting-value.ts'
import { settingTable, type Setting, type SettingName, type Settings } from './settings.ts'

/** Where settings come from. `[client]` belongs to every client: what is no connection setting of ours is not read. */
export interface Source {
  readonly origin: '[client]' | '[mysql-quiesce]' | 'command line'
  readonly entries: readonly Entry[]
}

/** One setting as somebody wrote it; `where` is `FILE:LINE` or `--name`, and a value of null is a name alone. */
export interface Entry {
  readonly where: string
  readonly name: string
  readonly value: string | null
}

/**
 * The settings, from sources of rising precedence; the last entry for a name wins, and the others must be right all the
 * same. What may be given many times is the list of the last source that gives it. Throws `bad-setting`, which says where.
 */
export function settle(sources: readonly Source[]): Settings {
  const given = sources.map(({ origin, entries }) => entries.flatMap((entry) => readEntry(origin, entry)))
  const winners = new Map(
    [defaults(), ...withoutContradictions(given)].flatMap(collected).map((entry) => [entry.name, entry]),
  )
  mustBeShorter(winners, 'lock-wait', 'freeze-within')
  return asSettings([...winners.values()])
}

interface Read {
  readonly where: string
  readonly name: SettingName
  readonly value: string | number | boolean | readonly string[]
}

/** The entries of one source, those of a list in one. */
function collected(entries: readonly Read[]): readonly Read[] {
  return entries.map((entry) => {
    if (!mayBeMany(entry.name)) return entry
    const all = entries.filter(({ name }) => name === entry.name)
    return { ...entry, value: all.map(({ value }) => String(value)) }
  })
}

function defaults(): Read[] {
  return settingNames.flatMap((name) => {
    const row: Setting = settingTable[name]
    return row.default === undefined ? [] : [{ where: 'default', name, value: readValue(row, row.default) }]
  })
}

function readEntry(origin: Source['origin'], { where, name: written, value }: Entry): Read[] {
  const { name, setting, loose, turned } = readName(written)
  if (setting === null || (origin === '[client]' && settingTable[setting].group !== 'connection')) {
    if (loose || origin === '[client]') return []
    throw new Failure(
      'bad-setting',
      `${where}: there is no setting '${name}'${didYouMean(name, settingNames)}`,
    )
  }
  if (setting === 'password' && origin === 'command line') throw passwordInSight(where)
  return [{ where, name: setting, value: readAt(where, setting, turnedValue(turned, value)) }]
}

/** The failure for a password on a command line; `where` is the flag, and its value is not repeated. */
export function passwordInSight(where: string): Failure {
  return new Failure(
    'bad-setting',
    `${where}: every user of this machine can read a command line; the password belongs in the defaults-file, in [client]`,
  )
}

/** As for the servers' clients, `skip-ssl=0` is `ssl` again. */
function turnedValue(turned: WrittenName['turned'], value: string | null): string | null {
  if (turned === null) return value
  return (turned === 'on') === (value !== '0') ? '1' : '0'
}

function readAt(where: string, name: SettingName, value: string | null): Read['value'] {
  try {
    return readValue(settingTable[name], value)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(error.code, `${where}: ${name} ${error.message}`, { cause: error })
  }
}

/**
 * The last source that says socket or TCP decides: what earlier ones say for the other is left out. Else `--socket`
 * could not reach past a `host` in `[client]`, and another server would be locked than the one that was named.
 */
function withoutContradictions(given: readonly (readonly Read[])[]): Read[][] {
  const last = given.findLastIndex((entries) => entries.some(saysTransport))
  const kind = transportKind(asSettings(given[last] ?? []))
  return given.map((entries, index) =>
    entries.filter(
      (entry) => index >= last || !saysTransport(entry) || transportKind(asSettings([entry])) === kind,
    ),
  )
}

function saysTransport({ name }: Read): boolean {
  return name === 'socket' || name === 'host' || name === 'port' || name === 'protocol'
}

function mustBeShorter(winners: ReadonlyMap<SettingName, Read>, short: SettingName, long: SettingName): void {
  const [one, other] = [winners.get(short)!, winners.get(long)!]
  if (one.value < other.value) return
  throw new Failure('bad-setting', `${withPlace(one)} must be shorter than ${withPlace(other)}`)
}

function withPlace({ name, value, where }: Read): string {
  return `${name} (${formatDuration(Number(value))}, ${where})`
}

/** The one place that goes from names of the table to keys of the type which is derived from it. */
function asSettings(entries: readonly Read[]): Settings {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type is the table, turned as this turns it
  return Object.fromEntries(entries.map(({ name, value }) => [camelCase(name), value])) as unknown as Settings
}

function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
