import type { Platform } from '../../platforms/platform.ts'
import { type Check, notApplicable, ok, problem, warning } from '../check.ts'

export interface SelinuxFacts {
  readonly mode: 'off' | 'permissive' | 'enforcing'
  /** By name, those that the platform needs; null: there is no such boolean. */
  readonly booleans: Readonly<Record<string, boolean | null>>
  /** The files that need a type, each with its label; null: it cannot be read. */
  readonly labels: readonly { readonly path: string; readonly label: string | null }[]
}

/** What the commands of a platform for SELinux ask for. */
export interface Needs {
  readonly booleans: readonly string[]
  readonly types: readonly { readonly type: string; readonly pattern: RegExp }[]
}

/** The platform says it as the commands that a person types: setsebool and semanage fcontext. */
export function needsOf({ selinux }: Pick<Platform, 'selinux'>, prefix: string): Needs {
  const booleans = selinux.flatMap((command) => /^setsebool -P (\S+) on$/.exec(command)?.[1] ?? [])
  const types = selinux.flatMap((command) => {
    const [, type, pattern] = /^semanage fcontext -a -t (\S+) '(.+)'$/.exec(command) ?? []
    return type && pattern ? [{ type, pattern: new RegExp(`^${pattern.replace('PREFIX', prefix)}$`) }] : []
  })
  return { booleans, types }
}

export function judgeSelinux(
  { mode, booleans, labels }: SelinuxFacts,
  { selinux }: Pick<Platform, 'selinux'>,
  prefix: string,
): Check[] {
  const name = 'SELinux'
  if (mode === 'off') return [notApplicable(name, 'it is off')]
  if (selinux.length === 0) return [ok(name, `${mode}; nothing is known to be needed`)]
  const seen = [...wrongBooleans(booleans), ...wrongLabels(labels, needsOf({ selinux }, prefix))]
  if (seen.length === 0) return [ok(name, `${mode}, and the agent may call us`)]
  const advice = selinux.map((command) => command.replaceAll('PREFIX', prefix)).join('; ')
  return [(mode === 'enforcing' ? problem : warning)(name, `${mode}: ${seen.join('; ')}`, advice)]
}

function wrongBooleans(booleans: SelinuxFacts['booleans']): string[] {
  return Object.entries(booleans)
    .filter(([, is]) => is !== true)
    .map(([name, is]) => `${name} is ${is === null ? 'not known' : 'off'}`)
}

function wrongLabels(labels: SelinuxFacts['labels'], { types }: Needs): string[] {
  const wrong = labels.filter(({ path, label }) => {
    const wanted = types.find(({ pattern }) => pattern.test(path))
    return wanted !== undefined && label?.split(':')[2] !== wanted.type
  })
  const [first] = wrong
  if (first === undefined) return []
  return [
    `${first.path} is ${first.label ?? 'without a label'}${wrong.length > 1 ? `, and so are ${wrong.length - 1} more` : ''}`,
  ]
}
