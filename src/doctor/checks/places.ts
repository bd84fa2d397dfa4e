import { describe, isProgram, type Thing } from '../../install/thing.ts'
import type { Wanted } from '../../install/wanted.ts'
import { type Check, ok, problem, warning } from '../check.ts'

/** One thing that install puts into the system, as it is. */
export interface PlaceFact {
  readonly wanted: Wanted
  readonly thing: Thing
  /** Where the program of others lies that a chained link calls, and what lies there. Of links only. */
  readonly kept: { readonly path: string; readonly thing: Thing } | null
  /** What the configuration of the agent sets the option to; null: nothing. Of options only. */
  readonly value: string | null
  /** Who asked for it; null: every platform has it. */
  readonly platform: string | null
}

/** Each place that leads an agent to us. The state directory and the option file are looked at elsewhere. */
export function judgePlaces(facts: readonly PlaceFact[]): Check[] {
  return facts.flatMap((fact) => {
    switch (fact.wanted.kind) {
      case 'link':
        return [link(fact.wanted, fact)]
      case 'option':
        return [option(fact.wanted, fact)]
      case 'file':
        return fact.wanted.role === 'config' ? [config(fact)] : []
      case 'directory':
        return []
    }
  })
}

function link(wanted: Extract<Wanted, { kind: 'link' }>, { thing, kept, platform }: PlaceFact): Check {
  const { path, target, chained } = wanted
  if (thing.kind === 'absent') return problem(path, 'is not there', install(platform))
  const leads = thing.kind === 'link' && [target, chained].includes(thing.target)
  if (!leads)
    return problem(
      path,
      `is ${describe(thing)}, not our link to ${target}`,
      `${install(platform)}; --chain keeps what is there and calls it`,
    )
  if (!isProgram(thing))
    return problem(path, `leads to ${thing.target}, which cannot be run`, install(platform))
  if (thing.target === target) return ok(path, `leads to ${target}`)
  if (kept === null || isProgram(kept.thing))
    return ok(path, `leads to ${thing.target}, which calls what was there too`)
  const seen = `leads to ${thing.target}, which has to call ${kept.path}, and that is ${describe(kept.thing)}`
  if (kept.thing.kind !== 'absent') return problem(path, seen, 'make it one that can be run')
  return problem(path, seen, `put it back, or leave it out of the chain: ${install(platform)}`)
}

function option(
  { path, option: { key, value: wanted } }: Extract<Wanted, { kind: 'option' }>,
  { value, platform }: PlaceFact,
): Check {
  if (value === wanted) return ok(path, `${key}=${value}`)
  const seen = value === null ? `does not set ${key}` : `has ${key}=${value}, not ${wanted}`
  return problem(path, seen, install(platform))
}

function config({ wanted, thing }: PlaceFact): Check {
  const { path } = wanted
  if (thing.kind === 'absent') return warning(path, 'is not there', 'run install again')
  if (thing.kind !== 'file')
    return warning(path, `is ${describe(thing)}`, 'move it away and run install again')
  const changed = wanted.kind === 'file' && wanted.sha256 !== thing.sha256
  return ok(path, changed ? 'is there, and was changed by somebody' : 'is as it was installed')
}

function install(platform: string | null): string {
  return platform === null ? 'run install again' : `mysql-quiesce install --platform ${platform}`
}
