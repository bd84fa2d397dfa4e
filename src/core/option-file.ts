import { Failure } from './failure.ts'

/** What one line of an option file says. Comments, empty lines and group headers leave nothing. */
export type OptionFileLine = OptionLine | IncludeLine

export interface OptionLine {
  readonly kind: 'option'
  /** lower case: the servers' clients compare groups without regard to case */
  readonly group: string
  /** as it was written: `_` or `-`, prefixes and all */
  readonly name: string
  /** null: the name stands alone */
  readonly value: string | null
  readonly line: number
}

export interface IncludeLine {
  readonly kind: 'include' | 'includedir'
  readonly path: string
  readonly line: number
}

/**
 * The text of one option file, by the rules of the servers' clients. They are written down nowhere in full: these are
 * what `my_print_defaults` does (test/adapters/option-file-oracle.test.ts asks it). Where MySQL 9.7 and MariaDB 10.11
 * differ, this follows 9.7: `#` ends an include as it ends an option, no line is too long (4094 bytes there), and the
 * last line may lack its line feed (there an include then loses its last character).
 *
 * Stricter than both: a NUL byte is refused. Laxer than both: only ASCII white space is trimmed; they also trim the byte
 * A0, which is the second half of an `à`.
 *
 * Throws `bad-setting` as `FILE:LINE: ...`.
 */
export function parseOptionFile(text: string, file: string): OptionFileLine[] {
  const lines: OptionFileLine[] = []
  let group: string | null = null
  for (const [index, raw] of text.split('\n').entries()) {
    const place = { where: `${file}:${index + 1}`, line: index + 1 }
    const content = trim(raw)
    if (/^[#;]/.test(content) || content === '') continue
    if (content.includes('\0'))
      throw bad(place.where, 'has a NUL byte: this is not the text of an option file')
    if (content.startsWith('!')) lines.push(...readDirective(content, place))
    else if (content.startsWith('[')) group = readGroup(content, place)
    else lines.push(readOption(content, group, place))
  }
  return lines
}

interface Place {
  readonly where: string
  readonly line: number
}

/** A directive that is not known is skipped, as there. */
function readDirective(content: string, { where, line }: Place): IncludeLine[] {
  const [, word, rest] = /^![\t-\r ]*(includedir|include)(?![^\t-\r ])(.*)$/s.exec(content) ?? []
  if (word === undefined) return []
  const path = trim(withoutEndComment(rest!))
  if (path === '') throw bad(where, `!${word} names no ${word === 'include' ? 'file' : 'folder'}`)
  return [{ kind: word === 'include' ? 'include' : 'includedir', path, line }]
}

/** White space goes from the end only: `[ client ]` is another group than `[client]`. What follows `]` is nothing. */
function readGroup(content: string, { where }: Place): string {
  const end = content.indexOf(']')
  if (end === -1) throw bad(where, `the group '${content}' has no ]`)
  return trimEnd(content.slice(1, end)).toLowerCase()
}

function readOption(content: string, group: string | null, { where, line }: Place): OptionLine {
  if (content.startsWith('\uFEFF'))
    throw bad(where, 'begins with a byte order mark, which no MySQL client understands')
  if (group === null) throw bad(where, 'an option stands before the first [group]')
  const option = withoutEndComment(content)
  const equals = option.indexOf('=')
  if (equals === -1) return { kind: 'option', group, name: trimEnd(option), value: null, line }
  const value = unescape(unquote(trim(option.slice(equals + 1))))
  return { kind: 'option', group, name: trimEnd(option.slice(0, equals)), value, line }
}

/** `#` begins a comment unless it is quoted, and quotes count wherever they are: `it's #1` has no comment. */
function withoutEndComment(text: string): string {
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (quote !== '' && character === '\\') at++
    else if (character === quote) quote = ''
    else if (quote === '' && (character === "'" || character === '"')) quote = character
    else if (quote === '' && character === '#') return text.slice(0, at)
  }
  return text
}

/** One pair of quotes around the whole value goes, whatever is between them. */
function unquote(value: string): string {
  return value.length > 1 && /^['"]/.test(value) && value.at(-1) === value[0] ? value.slice(1, -1) : value
}

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  r: '\r',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** In every value, quoted or not. A backslash before any other character stays, and so does one at the end. */
function unescape(value: string): string {
  return value.replaceAll(/\\(.)/gs, (both, character: string) => escapes[character] ?? both)
}

function trim(text: string): string {
  return trimEnd(text.replace(/^[\t-\r ]+/, ''))
}

function trimEnd(text: string): string {
  return text.replace(/[\t-\r ]+$/, '')
}

function bad(where: string, what: string): Failure {
  return new Failure('bad-setting', `${where}: ${what}`)
}
