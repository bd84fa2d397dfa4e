import { builtStateDir } from '../adapters/bundle-facts.ts'
import { stepFacts, stepLine } from '../install/step.ts'
import { usualPrefix } from '../install/target.ts'
import { uninstall } from '../install/uninstall.ts'
import type { Command } from './command.ts'

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
    const isPlan = options.isGiven('dry-run')
    const { steps, notes, ...rest } = uninstall({
      stateDir: builtStateDir,
      root: options.text('root'),
      prefix: options.text('prefix'),
      mode: isPlan ? 'plan' : 'apply',
    })
    if (options.isGiven('json')) {
      output.line(JSON.stringify({ ...rest, notes, steps: steps.map(stepFacts) }, null, 2))
      return 0
    }
    for (const step of steps) output.line(`${isPlan ? 'would ' : ''}${stepLine(step)}`)
    for (const note of notes) output.line(`note: ${note}`)
    if (!isPlan)
      output.line(`mysql-quiesce ${rest.version} is out of ${rest.prefix}; its log and its records stay`)
    return 0
  },
}
