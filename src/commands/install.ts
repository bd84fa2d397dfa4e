import { bundleFolder, builtStateDir, version } from '../adapters/bundle-facts.ts'
import { Failure } from '../core/failure.ts'
import { usualQemuConf } from '../install/import-qemu-conf.ts'
import { type Installation, install } from '../install/install.ts'
import { stepFacts, stepLines } from '../install/step.ts'
import { usualPrefix } from '../install/target.ts'
import { platforms } from '../platforms/all.ts'
import { configPath } from '../platforms/everywhere.ts'
import type { Command, Options, Output } from './command.ts'

/** Puts the bundle that this command belongs to into the system. */
export const installCommand: Command = {
  name: 'install',
  summary: 'put this bundle where the agents look for it; again: upgrade, or complete what was interrupted',
  options: [
    {
      flags: '--platform <name...>',
      summary: `who calls us: ${platforms.map(({ name }) => name).join(', ')} (default: what is installed, or the agents that are found)`,
      times: 'many',
    },
    { flags: '--dry-run', summary: 'print what would be done, and do nothing' },
    { flags: '--chain', summary: "keep somebody else's program that is in the way, and call it" },
    {
      flags: '--import-qemu-conf [file]',
      summary: `make ${configPath} from USERNAME= and PASSWORD= of this file (default: ${usualQemuConf})`,
    },
    { flags: '--prefix <dir>', summary: `where the bundle goes (default: ${usualPrefix})` },
    { flags: '--root <dir>', summary: 'install into the system below this folder (default: /)' },
    { flags: '--json', summary: 'print what was done as JSON' },
  ],
  async run({ options, output }) {
    const installation = install({
      source: { folder: bundleFolder, version, stateDir: builtStateDir },
      root: options.text('root'),
      prefix: options.text('prefix'),
      platforms: options.list('platform').flatMap((names) => names.split(',')),
      others: options.isGiven('chain') ? 'chain' : 'leave',
      importFrom: importFrom(options),
      mode: options.isGiven('dry-run') ? 'plan' : 'apply',
      node: process.execPath,
    })
    if (options.isGiven('json')) output.line(formatJson(installation))
    else describe(installation, options.isGiven('dry-run') ? 'would' : 'did', output)
    return 0
  },
}

function importFrom(options: Options): string | undefined {
  if (!options.isGiven('import-qemu-conf')) return undefined
  const file = options.text('import-qemu-conf') ?? usualQemuConf
  if (file.startsWith('/')) return file
  throw new Failure('usage', `--import-qemu-conf ${file} is not an absolute path`)
}

function formatJson({ steps, ...rest }: Installation): string {
  return JSON.stringify({ ...rest, steps: steps.map(stepFacts) }, null, 2)
}

function describe(installation: Installation, tense: 'did' | 'would', output: Output): void {
  const { platforms: names, because, steps, notes, next, version: installed, prefix, root } = installation
  output.line(
    names.length === 0 ? 'platforms: none was found' : `platforms: ${names.join(', ')} (${because})`,
  )
  for (const line of stepLines(steps, prefix)) output.line(`${tense === 'did' ? '' : 'would '}${line}`)
  for (const note of notes) output.line(`note: ${note}`)
  if (tense === 'would') return
  const where = `mysql-quiesce ${installed} in ${prefix}${root === '/' ? '' : ` below ${root}`}`
  output.line(steps.length === 0 ? `nothing to do: ${where} is whole` : `installed ${where}`)
  for (const each of next) output.line(`next: ${each}`)
}
