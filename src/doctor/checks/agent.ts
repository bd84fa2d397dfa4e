import type { Requirement } from '../../platforms/platform.ts'
import { type Check, notApplicable, ok, problem, warning } from '../check.ts'

/** What was seen of one requirement of an agent. */
export type RequirementFact =
  | { readonly at: 'programs'; readonly found: readonly string[] }
  /** Null: another system than this machine is looked at. */
  | { readonly at: 'process'; readonly running: readonly AgentProcess[] | null }
  /** Null: the file does not set it. */
  | { readonly at: 'ini'; readonly value: string | null }
  | {
      readonly at: 'hook'
      readonly running: readonly AgentProcess[] | null
      readonly files: readonly HookFile[]
      readonly leadsTo: LeadsTo
    }
  | { readonly at: 'host' }

export interface AgentProcess {
  readonly pid: number
  readonly argv: readonly string[]
  /** Milliseconds since 1970. */
  readonly startedAt: number
}

export interface HookFile {
  readonly path: string
  /** Null: the file, or the option in it, is not there. */
  readonly value: string | null
  /** Milliseconds since 1970; null where the file is not there. */
  readonly changedAt: number | null
}

/** What a hook is. `dispatcher`: runs the scripts of fsfreeze-hook.d and succeeds whatever they return. */
export type LeadsTo = (hook: string) => 'us' | 'dispatcher' | 'nothing' | 'other'

/** Installed, running, told to call us: whatever the agent itself has to be. */
export function judgeRequirement({ what, look, fix }: Requirement, fact: RequirementFact): Check {
  switch (fact.at) {
    case 'programs':
      if (fact.found.length > 0) return ok(what, fact.found.join(', '))
      return problem(what, look.at === 'programs' ? `no ${look.anyOf.join(', no ')}` : 'no', fix)
    case 'process':
      return running(what, fact.running, fix)
    case 'ini':
      return option(what, look, fact.value, fix)
    case 'hook':
      return hook(what, look, fact, fix)
    case 'host':
      return notApplicable(what, 'cannot be seen from inside', fix)
  }
}

function running(what: string, processes: readonly AgentProcess[] | null, fix: string): Check {
  if (processes === null) return notApplicable(what, 'another system is looked at')
  if (processes.length === 0) return problem(what, 'no process of that name', fix)
  return ok(what, `pid ${processes.map(({ pid }) => pid).join(', ')}`)
}

function option(what: string, look: Requirement['look'], value: string | null, fix: string): Check {
  if (look.at !== 'ini' || value === null) return ok(what, 'the default is in force')
  const seen = `${look.key}=${value} in ${look.path}`
  return look.off.includes(value.toLowerCase()) ? problem(what, seen, fix) : ok(what, seen)
}

type HookFact = Extract<RequirementFact, { at: 'hook' }>

function hook(
  what: string,
  look: Requirement['look'],
  { running: processes, files, leadsTo }: HookFact,
  fix: string,
): Check {
  const [process] = processes ?? []
  const flag = look.at === 'hook' && process ? flagIn(process.argv, look.flags) : null
  const set = files.find(({ value }) => value !== null)
  const named = flag ?? set?.value ?? null
  const where = flag === null ? (set?.path ?? '') : `the command line of pid ${process?.pid}`
  if (named === null || named === '/dev/null' || named === '')
    return problem(
      what,
      named === null
        ? 'neither its command line nor its configuration names a hook'
        : `${where} names '${named}'`,
      fix,
    )
  const seen = `${named}, by ${where}`
  const late = flag === null && process ? files.find((file) => isNewer(file, process)) : undefined
  switch (leadsTo(named)) {
    case 'nothing':
      return problem(what, `${seen}: it is not there, or cannot be run`, fix)
    case 'dispatcher':
      return warning(
        what,
        `${seen}: it succeeds whatever its scripts return, so a lock that failed would not stop the snapshot`,
        fix,
      )
    case 'other':
      return problem(what, `${seen}: it does not lead to us`, fix)
    case 'us':
      if (late)
        return warning(
          what,
          `${seen}, but pid ${process?.pid} was started before ${late.path} was changed`,
          'systemctl restart qemu-guest-agent',
        )
      return ok(what, seen)
  }
}

/** The agent reads its configuration when it starts. */
function isNewer({ value, changedAt }: HookFile, { startedAt }: AgentProcess): boolean {
  return value !== null && changedAt !== null && changedAt > startedAt
}

/** The value of `-F/path` or `--fsfreeze-hook=/path`; null: the command line names none. */
function flagIn(argv: readonly string[], flags: readonly string[]): string | null {
  const values = argv.flatMap((word) =>
    flags.filter((flag) => word.startsWith(flag)).map((flag) => word.slice(flag.length)),
  )
  return values.at(-1) || null
}
