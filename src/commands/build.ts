import { defaultStateDir } from '../adapters/bundle-facts.ts'
import { type Bundle, build } from '../bundle/build.ts'
import { buildableStateDir } from '../bundle/state-dir.ts'
import { Failure } from '../core/failure.ts'
import type { Command, Output } from './command.ts'

/** Makes the bundle from the source tree. */
export const buildCommand: Command = {
  name: 'build',
  summary: 'compile the executables and put them into a folder',
  options: [
    {
      flags: '--out <dir>',
      summary: 'the folder that becomes the bundle (default: dist-scripts of the source)',
    },
    {
      flags: '--set <name=value>',
      summary: `build a fact into the bundle: state-dir=DIR (default: ${defaultStateDir})`,
      times: 'many',
    },
    { flags: '--json', summary: 'print what was made as JSON' },
  ],
  async run({ options, output }) {
    const stateDir = stateDirOf(options.list('set'))
    const bundle = await build({ stateDir, out: options.text('out') })
    if (options.isGiven('json')) output.line(JSON.stringify(bundle, null, 2))
    else describe(bundle, output)
    return 0
  },
}

/** The state directory that `--set` names, the last one counts. */
function stateDirOf(sets: readonly string[]): string {
  return sets.map(valueOf).findLast(() => true) ?? defaultStateDir
}

function valueOf(set: string): string {
  const [, name, value] = /^([^=]*)=(.*)$/s.exec(set) ?? []
  if (name === 'state-dir' && value !== undefined) return buildableStateDir(value)
  throw new Failure('usage', `--set ${set}: only state-dir=DIR can be built into a bundle`)
}

function describe({ out, version, stateDir, files }: Bundle, output: Output): void {
  for (const { name, size } of files) output.line(`${name.padEnd(26)}${kilobytes(size).padStart(10)}`)
  output.line(`mysql-quiesce ${version} for ${stateDir} is in ${out}`)
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}
