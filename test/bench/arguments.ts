import { parseArgs } from 'node:util'
import { nodeMajors } from '../nodes/catalog.ts'
import { isServerName, serverNames, type ServerName } from '../servers/catalog.ts'
import type { PlanRequest } from './plan.ts'
import { type SubjectName, subjectNames } from './subject.ts'

export interface BenchArguments extends PlanRequest {
  readonly server: ServerName
  /** Measure the added stall on these servers with each innodb_flush_log_at_trx_commit, and nothing else. */
  readonly servers: readonly ServerName[]
  /** Measure on these servers what writers and readers see of a lock that waits, and nothing else. */
  readonly blockers: readonly ServerName[]
  /** Measure the added stall beside dirty pages, with FIFREEZE, and nothing else. */
  readonly dirty: boolean
  /** Measure pre-freeze and memory on every supported Node.js, and nothing else. */
  readonly nodes: boolean
  /** Measure sets of as many servers, and nothing else. */
  readonly sets: readonly number[]
  /** Measure whether freezes of the disks are seen: how many, and for how many minutes none is to be; undefined: do not. */
  readonly watch: { readonly freezes: number; readonly minutes: number } | undefined
  /** The folder of the executables. */
  readonly bundle: string
  /** Where to write bench.json, bench.svg and performance.md; undefined: nowhere. */
  readonly into: string | undefined
}

export const usage = `npm run bench -- [--rounds N] [--baseline-rounds N] [--only SUBJECT]... [--server NAME]
                 [--bundle DIR] [--write] [--into DIR]
       npm run bench -- --servers [--rounds N] [--baseline-rounds N] [--server NAME]
       npm run bench -- --blockers [--server NAME]
       npm run bench -- --dirty [--rounds N] [--server NAME]
       npm run bench -- --nodes [--rounds N] [--server NAME]
       npm run bench -- --sets [--rounds N] [--server NAME]
       npm run bench -- --watch [--freezes N] [--minutes N]
subjects: ${subjectNames.join(' ')}; servers: ${serverNames.join(' ')}
--servers measures the added stall with innodb_flush_log_at_trx_commit 0, 1 and 2, on all servers or the one named
--blockers measures what others see of a lock that has to wait, on all servers or the one named
--dirty measures the added stall with FIFREEZE beside 1500 MB of dirty pages, on MariaDB 11.8 or the one named (root only)
--nodes measures pre-freeze on an idle server and the memory of the locker with Node.js ${nodeMajors.join(', ')}
--sets measures what the writers of 1, 4 and 8 servers see that are locked as one set
--watch measures, as root, whether freezes of 3 ms are seen (1000 of them, then 10 minutes without one)
--write puts bench.json and bench.svg, or the part of performance.md, into docs, --into DIR into another folder`

/** Throws an Error with what is wrong. */
export function benchArguments(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({ args: [...args], options })
  const only = (values.only ?? subjectNames).map(subject)
  const into = values.into ?? (values.write ? 'docs' : undefined)
  if (into !== undefined && only.length < subjectNames.length)
    throw new Error('what is written is the whole bench: --write and --only do not go together')
  return {
    server: server(values.server ?? (values.dirty ? 'mariadb-11.8' : 'mariadb-10.11')),
    servers: values.servers ? oneOrAll(values.server) : [],
    blockers: values.blockers ? oneOrAll(values.server) : [],
    dirty: values.dirty ?? false,
    nodes: values.nodes ?? false,
    sets: values.sets ? [1, 4, 8] : [],
    watch: values.watch
      ? {
          freezes: count('--freezes', values.freezes ?? '1000'),
          minutes: count('--minutes', values.minutes ?? '10'),
        }
      : undefined,
    rounds: count('--rounds', values.rounds ?? (values.dirty ? '5' : undefined)),
    baselineRounds: count(
      '--baseline-rounds',
      values['baseline-rounds'] ?? (values.servers ? '1' : undefined),
    ),
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
  servers: { type: 'boolean' },
  blockers: { type: 'boolean' },
  dirty: { type: 'boolean' },
  nodes: { type: 'boolean' },
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

function oneOrAll(name: string | undefined): readonly ServerName[] {
  return name === undefined ? serverNames : [server(name)]
}
