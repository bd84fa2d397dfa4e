import { type Setting, settingTable, type SettingName } from './settings.ts'

/** Every name of the table, in its order. */
export const settingNames: readonly SettingName[] = Object.keys(settingTable).filter(isSetting)

/** A name as somebody wrote it, understood: which setting, and what its prefixes say. */
export interface WrittenName {
  /** with `-` for `_`, and without the prefixes */
  readonly name: string
  /** the row of the table, where there is one of that name */
  readonly setting: SettingName | null
  /** `loose-`: no error, should the setting be unknown */
  readonly loose: boolean
  /** `skip-` and `disable-`, `enable-`: what a flag is turned to */
  readonly turned: 'on' | 'off' | null
}

const switches = { 'skip-': 'off', 'disable-': 'off', 'enable-': 'on' } as const

/**
 * As the servers' clients read option names: `-` and `_` are the same, upper and lower case are not. Their
 * abbreviations (`pass` for `password`) and `maximum-` are not understood here.
 */
export function readName(written: string): WrittenName {
  const dashed = written.replaceAll('_', '-')
  const loose = dashed.startsWith('loose-')
  const name = loose ? dashed.slice('loose-'.length) : dashed
  if (isSetting(name)) return { name, setting: name, loose, turned: null }
  return { name, setting: null, loose, turned: null, ...readSwitch(name) }
}

function readSwitch(name: string): Pick<WrittenName, 'name' | 'setting' | 'turned'> | null {
  for (const [prefix, turned] of Object.entries(switches)) {
    const rest = name.slice(prefix.length)
    if (name.startsWith(prefix) && isSetting(rest) && settingTable[rest].kind === 'flag') {
      return { name: rest, setting: rest, turned }
    }
  }
  return null
}

function isSetting(name: string): name is SettingName {
  return Object.hasOwn(settingTable, name)
}

/** Whether it may be given again and again, as a list. */
export function mayBeMany(name: SettingName): boolean {
  const row: Setting = settingTable[name]
  return 'times' in row && row.times === 'many'
}

/** `; did you mean lock-wait?` for the nearest of the names, or nothing when none is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  const [nearest] = names
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .toSorted((a, b) => a.distance - b.distance)
  if (nearest === undefined || nearest.distance > Math.max(2, name.length / 3)) return ''
  return `; did you mean ${nearest.known}?`
}

/** How many characters must be put in, taken out or changed (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, character] of Array.from(from).entries()) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const changed = row[j]! + (character === to[j] ? 0 : 1)
      next.push(Math.min(changed, row[j + 1]! + 1, next[j]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}
