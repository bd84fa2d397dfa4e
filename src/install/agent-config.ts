import type { ConfigOption } from '../platforms/platform.ts'

/** The value that a configuration file of an agent gives to an option, without quotes; null where it gives none. */
export function valueIn(text: string, option: Pick<ConfigOption, 'syntax' | 'group' | 'key'>): string | null {
  const line = linesOf(text).findLast((each) => isOption(each, option))
  return line === undefined ? null : line.value
}

/** The text with the option set: in the line where it stands, or else in a line of its own. */
export function withValue(text: string, option: ConfigOption): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const found = linesOf(text).findLast((each) => isOption(each, option))
  return [...inserted(lines, option, found?.index), ''].join('\n')
}

interface Line {
  readonly index: number
  readonly group: string
  readonly key: string
  readonly value: string
}

/** Lines that set something. Comments begin with `#` or `;` in the one and `#` in the other. */
function linesOf(text: string): Line[] {
  let group = ''
  return text.split('\n').flatMap((line, index) => {
    const header = /^\s*\[([^\]]*)\]/.exec(line)?.[1]
    if (header !== undefined) group = header.trim()
    const [, key, value] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    return key === undefined || value === undefined ? [] : [{ index, group, key, value: unquoted(value) }]
  })
}

function isOption({ group, key }: Line, option: Pick<ConfigOption, 'syntax' | 'group' | 'key'>): boolean {
  return key === option.key && (option.syntax === 'sh' || group === option.group)
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value
}

function inserted(lines: readonly string[], option: ConfigOption, index: number | undefined): string[] {
  const line = `${option.key}=${option.value}`
  if (index !== undefined) return lines.with(index, line)
  if (option.syntax === 'sh') return [...lines, line]
  const header = lines.findIndex((each) => each.trim() === `[${option.group}]`)
  return header === -1 ? [...lines, `[${option.group}]`, line] : lines.toSpliced(header + 1, 0, line)
}
