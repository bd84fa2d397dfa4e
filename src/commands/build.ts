import { defaultStateDir } from '../adapters/bundle-facts.ts'
import { type Bundle, type BuildOrder, build, check } from '../bundle/build.ts'
import { buildableStateDir } from '../bundle/state-dir.ts'
import { Failure, failures } from '../core/failure.ts'
import { platforms, platformsNamed } from '../platforms/all.ts'
import type { Command, Options, Output } from './command.ts'

/** Makes the bundle from the source tree. */
export const buildCommand: Command = {
  name: 'build',
  summary: 'compile the executables and put them into a folder, with all that a server needs',
  options: [
    {
      flags: '--out <dir>',
      summary: 'the folder that becomes the bundle (default: dist-scripts of the source)',
    },
    {
      flags: '--platform <name...>',
      summary: `for whom: ${platforms.map(({ name }) => name).join(', ')} (default: all)`,
      times: 'many',
    },
    {
      flags: '--set <name=value...>',
      summary: `build a fact into the bundle: state-dir=DIR (default: ${defaultStateDir})`,
      times: 'many',
    },
    { flags: '--with-node', summary: 'put the Node.js that runs this build into the bundle' },
    { flags: '--archive <file>', summary: 'pack the bundle into a .tar.gz as well' },
    {
      flags: '--check',
      summary: 'say in which files the folder is not what would be built, and build nothing',
    },
    { flags: '--json', summary: 'print what was made as JSON' },
  ],
  async run({ options, output }) {
    const order = orderFrom(options)
    if (options.isGiven('check')) return reportCheck(order, options, output)
    const bundle = await build(order)
    if (options.isGiven('json')) output.line(JSON.stringify(bundle, null, 2))
    else describe(bundle, output)
    return 0
  },
}

function orderFrom(options: Options): BuildOrder {
  const names = options.list('platform').flatMap((name) => name.split(','))
  return {
    out: options.text('out'),
    stateDir: stateDirOf(options.list('set')),
    platforms: names.length === 0 ? platforms : platformsNamed(names),
    node: options.isGiven('with-node') ? 'inside' : 'outside',
    archive: options.text('archive'),
  }
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

async function reportCheck(order: BuildOrder, options: Options, output: Output): Promise<number> {
  if (order.archive !== undefined)
    throw new Failure('usage', '--check builds nothing that --archive could pack')
  const differences = await check(order)
  if (options.isGiven('json')) output.line(JSON.stringify({ differences }, null, 2))
  else if (differences.length === 0) output.line('the bundle is what the source makes')
  else for (const { name, is } of differences) output.line(`${name} is ${is}`)
  return differences.length === 0 ? 0 : failures['bundle-differs'].exitCode
}

function describe({ out, version, stateDir, files, archive }: Bundle, output: Output): void {
  const width = Math.max(...files.map(({ name }) => name.length)) + 2
  for (const { name, size } of files) output.line(`${name.padEnd(width)}${kilobytes(size).padStart(11)}`)
  output.line(`mysql-quiesce ${version} for ${stateDir} is in ${out}`)
  if (archive !== undefined) output.line(`and packed in ${archive}`)
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}
