export interface Wrapping {
  /** How many characters a line has at most; a longer word is not broken. */
  readonly width: number
  /** How many spaces each further line begins with; the first one follows something as long. */
  readonly indent: number
}

/** A text, or the words of one, on as many lines as it takes. */
export function wrapped(text: string | readonly string[], { width, indent }: Wrapping): string {
  const words = typeof text === 'string' ? text.trim().split(/\s+/) : text
  const lines: string[] = []
  for (const word of words) {
    const line = lines.at(-1)
    if (line !== undefined && indent + line.length + 1 + word.length <= width)
      lines.push(`${lines.pop()} ${word}`)
    else lines.push(word)
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}
