/** One thing that install or uninstall does; each is whole or not done. Paths are those of the target system. */
export type Step =
  | { readonly do: 'make-directory'; readonly path: string; readonly mode: number }
  | { readonly do: 'write'; readonly path: string; readonly mode: number; readonly text: string }
  /** `from`: a file of the bundle, by its name there. */
  | { readonly do: 'copy'; readonly path: string; readonly mode: number; readonly from: string }
  | { readonly do: 'link'; readonly path: string; readonly target: string }
  /** Gives somebody else's file a second name. */
  | { readonly do: 'keep'; readonly path: string; readonly at: string }
  /** Gives it its place back, and takes ours out with it. */
  | { readonly do: 'restore'; readonly path: string; readonly from: string }
  | { readonly do: 'remove'; readonly path: string }
  /** Only when it is empty. */
  | { readonly do: 'remove-directory'; readonly path: string }
  /** The manifest; the directories above it are made. */
  | { readonly do: 'note'; readonly path: string; readonly text: string }
  /** The manifest goes, and the directories it lay in where they are empty, the innermost first. */
  | { readonly do: 'forget'; readonly path: string; readonly directories: readonly string[] }

/** For a person, one line. */
export function stepLine(step: Step): string {
  switch (step.do) {
    case 'make-directory':
      return `make directory ${step.path} (${octal(step.mode)})`
    case 'write':
      return `write ${step.path} (${octal(step.mode)})`
    case 'copy':
      return `write ${step.path} (${octal(step.mode)})`
    case 'link':
      return `link ${step.path} -> ${step.target}`
    case 'keep':
      return `keep ${step.path} as ${step.at}`
    case 'restore':
      return `put ${step.path} back, from ${step.from}`
    case 'remove':
      return `remove ${step.path}`
    case 'remove-directory':
      return `remove directory ${step.path} if it is empty`
    case 'note':
      return `note in ${step.path} what is ours`
    case 'forget':
      return `remove ${step.path}`
  }
}

/** For a person: what happens to the files of the bundle is one line. */
export function stepLines(steps: readonly Step[], prefix: string): string[] {
  const isOfBundle = ({ do: deed, path }: Step): boolean =>
    path.startsWith(`${prefix}/`) &&
    ['make-directory', 'write', 'copy', 'remove', 'remove-directory'].includes(deed)
  const files = steps.filter((step) => isOfBundle(step) && !step.do.endsWith('directory'))
  const [written, removed] = [files.filter(isWriting), files.filter((step) => !isWriting(step))]
  const first = steps.findIndex(isOfBundle)
  const lines = steps.flatMap((step, index) => {
    if (index === first) return [...folded('write', written, prefix), ...folded('remove', removed, prefix)]
    return isOfBundle(step) ? [] : [stepLine(step)]
  })
  return lines
}

function isWriting({ do: deed }: Step): boolean {
  return deed === 'write' || deed === 'copy'
}

function folded(verb: string, steps: readonly Step[], prefix: string): string[] {
  const folders = new Set(steps.map(({ path }) => path.slice(prefix.length + 1).split('/')[0]))
  const where = [...folders].map((folder) => `${prefix}/${folder}`).join(' and ')
  return steps.length === 0
    ? []
    : [`${verb} ${steps.length} ${steps.length === 1 ? 'file' : 'files'} in ${where}`]
}

/** For a machine: without texts, of which one may hold a password. */
export function stepFacts(step: Step): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(step)
      .map(([name, value]) => [name, name === 'mode' ? octal(Number(value)) : value] as const)
      .filter(([name]) => name !== 'text'),
  )
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
