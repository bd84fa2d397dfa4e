import { Failure } from './failure.ts'

/**
 * The values of these variables in a file that sh would read with `.`: quotes and backslashes as sh has them, the last
 * assignment wins. Nothing is executed, and so a value that sh would have to compute is refused, as is one that would run
 * something. What else the file does is not looked at. Throws `bad-setting` as `FILE:LINE: ...`, without the value.
 */
export function shellAssignments(
  text: string,
  names: readonly string[],
  file: string,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let at = 0
  while (at < text.length) {
    const [begin, name] = /^[ \t\r\n;]*(?:export[ \t]+)?([A-Za-z_]\w*)=/.exec(text.slice(at)) ?? []
    if (begin === undefined || name === undefined || !names.includes(name)) {
      at = nextCommand(text, at)
      continue
    }
    const where = `${file}:${text.slice(0, at + begin.length).split('\n').length}: ${name}`
    const { value, end } = readWord(text, at + begin.length, { where, names })
    values.set(name, value)
    at = end
  }
  return values
}

interface Place {
  readonly where: string
  readonly names: readonly string[]
}

/** The beginning of the next line. */
function nextCommand(text: string, at: number): number {
  const blank = /^[ \t\r\n;]*/.exec(text.slice(at))?.[0].length ?? 0
  const end = text.indexOf('\n', at + blank)
  return end === -1 ? text.length : end + 1
}

interface Word {
  readonly value: string
  /** Where the command ends. */
  readonly end: number
}

const pieces = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(\r?\n)|\\(.)|([^\s'"\\$`;&|<>()]))/s

/** One word of sh, piece by piece: quoted, escaped or plain. */
function readWord(text: string, begin: number, { where, names }: Place): Word {
  let value = ''
  let at = begin
  for (let piece = pieces.exec(text.slice(at)); piece; piece = pieces.exec(text.slice(at))) {
    const [whole, single, double, , escaped, plain] = piece
    if (plain === '~' && /(?:^|:)$/.test(value)) throw computed(where)
    value += single ?? escaped ?? plain ?? (double === undefined ? '' : withoutBackslashes(double, where))
    at += whole.length
  }
  return { value, end: endOfCommand(text, at, { where, names }) }
}

function withoutBackslashes(double: string, where: string): string {
  if (/[$`]/.test(double.replaceAll(/\\./gs, ''))) throw computed(where)
  return double.replaceAll(/\\([$`"\\\n])/g, (_, character: string) => (character === '\n' ? '' : character))
}

/** After the word there may be a comment, or another one of the assignments, and nothing that sh would run. */
function endOfCommand(text: string, at: number, { where, names }: Place): number {
  const rest = text.slice(at)
  const over = /^[ \t]*(?:\r?\n|;|$)|^[ \t]+#[^\n]*/.exec(rest)?.[0]
  if (over !== undefined) return at + over.length
  const [blank, name] = /^[ \t]+(?=([A-Za-z_]\w*)=)/.exec(rest) ?? []
  if (blank !== undefined && name !== undefined && names.includes(name)) return at + blank.length
  if (/^['"]/.test(rest)) throw new Failure('bad-setting', `${where} has a quote that is not closed`)
  if (/^[$`]/.test(rest)) throw computed(where)
  throw new Failure('bad-setting', `${where} is followed by something that sh would run`)
}

function computed(where: string): Failure {
  return new Failure('bad-setting', `${where} is computed by sh ($, \` or ~), and nothing of it is executed`)
}
