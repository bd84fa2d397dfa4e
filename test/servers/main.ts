/**
 * npm run servers -- [--list] [NAME...]: fetches the named servers, or all of them.
 * Environment: MYSQL_QUIESCE_SERVERS, where they go; and where the host's apt knows of no Debian archive,
 * DEBIAN_MIRROR, DEBIAN_SECURITY_MIRROR and DEBIAN_KEYRING.
 */
import { isServerName, serverNames, type ServerName } from './catalog.ts'
import { fetchServers } from './fetch.ts'
import { findServer } from './place.ts'

const args = process.argv.slice(2)
const unknown = args.filter((arg) => arg !== '--list' && !isServerName(arg))
const named = args.filter(isServerName)
const names = named.length > 0 ? named : serverNames
if (unknown.length > 0) fail(`not known: ${unknown.join(' ')}; the servers are ${serverNames.join(' ')}`, 2)
else if (args.includes('--list')) await list(names)
else await fetchAll(names)

async function list(wanted: readonly ServerName[]): Promise<void> {
  for (const name of wanted) console.log(`${name}  ${(await findServer(name))?.version ?? '-'}`)
}

async function fetchAll(wanted: readonly ServerName[]): Promise<void> {
  const fetched = await fetchServers(wanted, { progress: (line) => console.log(line) })
  for (const one of fetched) {
    if ('error' in one) fail(`${one.name} cannot be had: ${reason(one.error)}`, 1)
    else console.log(`${one.name}  ${one.server.version}  ${one.server.folder}`)
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function fail(message: string, exitCode: number): void {
  console.error(message)
  process.exitCode = exitCode
}
