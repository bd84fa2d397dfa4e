/** Marks for a terminal; a text for anything else goes through unchanged. */
export interface Paint {
  heading(text: string): string
  quiet(text: string): string
  good(text: string): string
  bad(text: string): string
}

/** Colour on a terminal alone, and not where NO_COLOR (no-color.org) is set or the terminal is dumb. */
export function paintFor(
  { isTTY = false }: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): Paint {
  const isColoured = isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  const marked = (code: number) => (text: string) => (isColoured ? `\u001B[${code}m${text}\u001B[0m` : text)
  return { heading: marked(1), quiet: marked(2), good: marked(32), bad: marked(31) }
}
