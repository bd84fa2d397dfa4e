import type { Failure } from '../../core/failure.ts'
import { type Check, ok, problem, warning } from '../check.ts'

export interface SettingsFacts {
  /** The option files that were read, includes too; a failure: one of them, or what is in it, is wrong. */
  readonly files: readonly string[] | Failure
  /** Variables of our environment that point somewhere else than the agents' does, with their values. */
  readonly variables: readonly (readonly [name: string, value: string])[]
  /** Settings of this command line, which the agents do not give. */
  readonly flags: readonly string[]
}

export function judgeSettings({ files, variables, flags }: SettingsFacts): Check[] {
  return [optionFiles(files), ...elsewhere(variables, flags)]
}

function optionFiles(files: SettingsFacts['files']): Check {
  const name = 'option files'
  if ('code' in files) return problem(name, files.message, files.hint)
  if (files.length === 0) return ok(name, 'none is there: the defaults are in force')
  return ok(name, `${files.join(', ')}: understood, and private where a password is`)
}

function elsewhere(variables: SettingsFacts['variables'], flags: SettingsFacts['flags']): Check[] {
  const given = [...variables.map(([name, value]) => `${name}=${value}`), ...flags.map((flag) => `--${flag}`)]
  if (given.length === 0) return []
  return [
    warning(
      'same settings',
      `this is not what an agent runs with: ${given.join(', ')}`,
      'put it into an option file, or see that the agent has it too',
    ),
  ]
}
