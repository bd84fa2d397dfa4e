import { parseArgs } from 'node:util'
import { isServerName, serverNames, type ServerName } from '../servers/catalog.ts'
import type { PlanRequest } from './plan.ts'
import { type SubjectName, subjectNames } from './subject.ts'

export interface BenchArguments extends PlanRequest {
  readonly server: ServerName
  /** Measure on these servers what writers and readers see of a lock that waits, and nothing else. */
  readonly blockers: readonly ServerName[]
  /** Measure sets of as many servers, and nothing else. */
  readonly sets: readonly number[]
  /** Measure whether freezes of the disks are seen: how many, and for how many minutes none is to be; undefined: do not. */
  readonly watch: { readonly freezes: number; readonly minutes: number } | undefined
  /** The folder of the executables. */
  readonly bundle: string
  /** Where to write bench.json and bench.svg; undefined: nowhere. */
  readonly into: string | undefined
}

export const usage = `npm run bench -- [--rounds N] [--baseline-rounds N] [--only SUBJECT]... [--server NAME]
                 [--bundle DIR] [--write] [--into DIR]
       npm run bench -- --blockers [--server NAME]
       npm run bench -- --sets [--rounds N] [--server NAME]
       npm run bench -- --watch [--freezes N] [--minutes N]
subjects: ${subjectNames.join(' ')}; servers: ${serverNames.join(' ')}
--blockers measures what others see of a lock that has to wait, on all servers or the one named
--sets measures what the writers of 1, 4 and 8 servers see that are locked as one set
--watch measures, as root, whether freezes of 3 ms are seen (1000 of them, then 10 minutes without one)
--write puts bench.json and bench.svg into docs, --into DIR into another folder`

/** Throws an Error with what is wrong. */
export function benchArguments(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({ args: [...args], options })
  const only = (values.only ?? subjectNames).map(subject)
  const into = values.into ?? (values.write ? 'docs' : undefined)
  if (into !== undefined && only.length < subjectNames.length)
    throw new Error('what is written is the whole bench: --write and --only do not go together')
  return {
    server: server(values.server ?? 'mariadb-10.11'),
    blockers: values.blockers ? (values.server === undefined ? serverNames : [server(values.server)]) : [],
    sets: values.sets ? [1, 4, 8] : [],
    watch: values.watch
      ? {
          freezes: count('--freezes', values.freezes ?? '1000'),
          minutes: count('--minutes', values.minutes ?? '10'),
        }
      : undefined,
    rounds: count('--rounds', values.rounds),
    baselineRounds: count('--baseline-rounds', values['baseline-rounds']),
    bundle: values.bundle ?? 'dist-scripts',
    only,
    into,
  }
}

const options = {
  rounds: { type: 'string' },
  'baseline-rounds': { type: 'string' },
  only: { type: 'string', multiple: true },
  server: { type: 'string' },
  blockers: { type: 'boolean' },
  sets: { type: 'boolean' },
  watch: { type: 'boolean' },
  freezes: { type: 'string' },
  minutes: { type: 'string' },
  bundle: { type: 'string' },
  write: { type: 'boolean' },
  into: { type: 'string' },
} as const

function count(name: string, text = '20'): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new Error(`${name} ${text} is not a number from 1 to 9999`)
}

function subject(name: string): SubjectName {
  const found = subjectNames.find((one) => one === name)
  if (found !== undefined) return found
  throw new Error(`there is no subject ${name}; the subjects are ${subjectNames.join(' ')}`)
}

function server(name: string): ServerName {
  if (isServerName(name)) return name
  throw new Error(`there is no server ${name}; the servers are ${serverNames.join(' ')}`)
}
