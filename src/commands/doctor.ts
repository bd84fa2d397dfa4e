import { bundleFolder, stateDir, version } from '../adapters/bundle-facts.ts'
import type { Flags } from '../adapters/settings.ts'
import { mayBeMany } from '../core/setting-name.ts'
import { onCommandLine } from '../core/settings-text.ts'
import { settingTable } from '../core/settings.ts'
import { patientNamed } from '../doctor/patient.ts'
import { exitCodeFor, reportJson, reportLines } from '../doctor/report.ts'
import { examine } from '../doctor/subjects.ts'
import { usualPrefix } from '../install/target.ts'
import { platforms } from '../platforms/all.ts'
import type { Command, Option, Options } from './command.ts'

/** Whether it will run, and if it did not, why. It only looks. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'say whether it will run, and if it did not, why: exit code 0 all well, 1 warnings, 2 problems',
  options: [
    {
      flags: '--platform <name...>',
      summary: `who calls us: ${platforms.map(({ name }) => name).join(', ')} (default: what is installed, or the agents that are found)`,
      times: 'many',
    },
    { flags: '--prefix <dir>', summary: `where the bundle is (default: ${usualPrefix})` },
    {
      flags: '--root <dir>',
      summary: 'look at the files of the system below this folder, and at no process and no server',
    },
    { flags: '--json', summary: 'print every check as JSON' },
    { flags: '--config <file>', summary: 'option file of the settings, as for a run' },
    ...onCommandLine().map(settingOption),
  ],
  async run({ options, output }) {
    const patient = patientNamed({
      root: options.text('root'),
      prefix: options.text('prefix'),
      platforms: options.list('platform').flatMap((names) => names.split(',')),
      bundle: { folder: bundleFolder, version, stateDir },
      flags: flagsFrom(options),
    })
    const findings = await examine(patient)
    if (options.isGiven('json')) output.line(reportJson(findings, version))
    else for (const line of reportLines(findings, output.style ?? 'plain')) output.line(line)
    return exitCodeFor(findings)
  },
}

function settingOption(name: ReturnType<typeof onCommandLine>[number]): Option {
  const option = { flags: `--${name} <value>`, summary: settingTable[name].help }
  return mayBeMany(name) ? { ...option, times: 'many' } : option
}

function flagsFrom(options: Options): Flags {
  return Object.fromEntries([
    ['config', one(options, 'config')],
    ...onCommandLine().map(
      (name) => [name, mayBeMany(name) ? options.list(name) : one(options, name)] as const,
    ),
  ])
}

function one(options: Options, name: string): readonly string[] {
  const value = options.text(name)
  return value === undefined ? [] : [value]
}
