/** npm run torture: random schedules of freezes, thaws and faults against a real server; see `usage` in arguments.ts. */
import { enterOwnMounts } from '../support/photograph/own-mounts.ts'
import { type TortureArguments, tortureArguments, usage } from './arguments.ts'
import { reportOf } from './tally.ts'
import { torture } from './torture.ts'

const withoutPhotographs = await enterOwnMounts()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

const args = read()
if (args !== undefined) {
  if (withoutPhotographs !== undefined)
    console.error(`no copy of a disk is photographed and judged: ${withoutPhotographs}`)
  console.error(`torturing ${args.server} for ${args.minutes} min, from seed ${args.seed} on`)
  const tally = await torture(args, { progress, say: (line) => console.log(line), stop: stop.signal })
  console.error('')
  console.log(reportOf(tally, args))
  if (tally.problems > 0 || tally.schedules === 0) process.exitCode = 1
}

function read(): TortureArguments | undefined {
  try {
    return tortureArguments(process.argv.slice(2), { newSeed: 1 + (Date.now() % 900_000_000) })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
    process.exitCode = 2
    return undefined
  }
}

/** One line that is written over, where somebody looks; else a line each. */
function progress(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r${line}\u001B[K` : `${line}\n`)
}
