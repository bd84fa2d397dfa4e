import { builtStateDir } from '../adapters/bundle-facts.ts'
import { stepFacts, stepLines } from '../install/step.ts'
import { usualPrefix } from '../install/target.ts'
import { type Uninstallation, uninstall } from '../install/uninstall.ts'
import type { Command, Output } from './command.ts'

/** Takes out what install put in. */
export const uninstallCommand: Command = {
  name: 'uninstall',
  summary: 'take out what install put in, and nothing else; what was changed since stays and is named',
  options: [
    { flags: '--dry-run', summary: 'print what would be done, and do nothing' },
    { flags: '--prefix <dir>', summary: `where the bundle is (default: ${usualPrefix})` },
    { flags: '--root <dir>', summary: 'take it out of the system below this folder (default: /)' },
    { flags: '--json', summary: 'print what was done as JSON' },
  ],
  async run({ options, output }) {
    const uninstallation = uninstall({
      stateDir: builtStateDir,
      root: options.text('root'),
      prefix: options.text('prefix'),
      mode: options.isGiven('dry-run') ? 'plan' : 'apply',
    })
    if (options.isGiven('json')) output.line(formatJson(uninstallation))
    else describe(uninstallation, options.isGiven('dry-run') ? 'would' : 'did', output)
    return 0
  },
}

function formatJson({ steps, ...rest }: Uninstallation): string {
  return JSON.stringify({ ...rest, steps: steps.map(stepFacts) }, null, 2)
}

function describe(uninstallation: Uninstallation, tense: 'did' | 'would', output: Output): void {
  const { steps, prefix, notes, next, version } = uninstallation
  for (const line of stepLines(steps, prefix)) output.line(`${tense === 'did' ? '' : 'would '}${line}`)
  for (const note of notes) output.line(`note: ${note}`)
  if (tense === 'would') return
  output.line(`mysql-quiesce ${version} is out of ${prefix}; its log and its records stay`)
  for (const each of next) output.line(`next: ${each}`)
}
