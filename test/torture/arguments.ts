import { parseArgs } from 'node:util'
import { isServerName, serverNames, type ServerName } from '../servers/catalog.ts'

export interface TortureArguments {
  readonly server: ServerName
  /** Of the first schedule; the next has the next number. */
  readonly seed: number
  /** How long new schedules are begun, in minutes. */
  readonly minutes: number
  /** How many schedules at most. */
  readonly schedules: number
}

export const usage = `npm run torture -- [--minutes N] [--schedules N] [--seed S] [--server NAME]
servers: ${serverNames.join(' ')}
--seed S --schedules 1 plays the schedule of one seed again`

/** Throws an Error with what is wrong. */
export function tortureArguments(
  args: readonly string[],
  { newSeed }: { readonly newSeed: number },
): TortureArguments {
  const { values } = parseArgs({ args: [...args], options })
  return {
    server: server(values.server ?? 'mariadb-10.11'),
    seed: count('--seed', values.seed ?? String(newSeed)),
    minutes: count('--minutes', values.minutes ?? '3'),
    schedules: count('--schedules', values.schedules ?? '1000000'),
  }
}

const options = {
  minutes: { type: 'string' },
  schedules: { type: 'string' },
  seed: { type: 'string' },
  server: { type: 'string' },
} as const

function count(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Error(`${name} ${text} is not a number from 1 to 999999999`)
}

function server(name: string): ServerName {
  if (isServerName(name)) return name
  throw new Error(`there is no server ${name}; the servers are ${serverNames.join(' ')}`)
}
