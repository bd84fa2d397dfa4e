import { parseArgs } from 'node:util'
import { isServerName, serverNames, type ServerName } from '../servers/catalog.ts'

/** What was asked for on the command line. */
export type Call = { readonly what: 'help' } | ({ readonly what: 'demo' } & DemoCall)

export interface DemoCall {
  readonly server: ServerName
  /** `json`: the report as JSON on stdout, and what is for people on stderr. */
  readonly output: 'text' | 'json'
  readonly folder: 'removed' | 'kept'
}

export const usage = `npm run demo -- [--server NAME] [--json] [--keep]

Two snapshots of a database that is being written to: one between pre-freeze-script and post-thaw-script, one
without them. A second server is started on each, and asked what it finds.

  --server NAME  which server (default: mariadb-10.11): ${serverNames.join(', ')}
  --json         the report as JSON on stdout, and what is for people on stderr
                 (npm run --silent demo -- --json, for npm itself prints on stdout, too)
  --keep         keep the folder with the data directory, both copies and the log
  --help         this text

Exit codes: 0 every check of the snapshot with the scripts holds, 1 one does not, or the demo failed, 2 usage,
130 stopped by a signal. A clone has the scripts in dist-scripts; MYSQL_QUIESCE_BUNDLE names another folder.`

/** Throws an error whose message says what is wrong with the words. */
export function readCall(argv: readonly string[]): Call {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      server: { type: 'string', default: 'mariadb-10.11' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return { what: 'help' }
  const { server } = values
  if (!isServerName(server)) throw new Error(`--server ${server}: the servers are ${serverNames.join(', ')}`)
  return {
    what: 'demo',
    server,
    output: values.json ? 'json' : 'text',
    folder: values.keep ? 'kept' : 'removed',
  }
}
