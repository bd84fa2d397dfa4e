/** npm run servers -- [--list] [NAME...]: fetches the named servers, or all. */
import { isServerName, serverNames, type ServerName } from './catalog.ts'
import { fetchServers } from './fetch.ts'
import { findServer, serversDir } from './place.ts'

const args = process.argv.slice(2)
const unknown = args.filter((arg) => arg !== '--list' && !isServerName(arg))
if (unknown.length > 0) fail(`not known: ${unknown.join(' ')}; the servers are ${serverNames.join(' ')}`, 2)
const named = args.filter(isServerName)
const names = named.length > 0 ? named : serverNames
if (args.includes('--list')) await list(names)
else await fetchAll(names)

async function list(wanted: readonly ServerName[]): Promise<void> {
  for (const name of wanted) console.log(`${name}  ${(await findServer(name))?.version ?? '-'}`)
}

async function fetchAll(wanted: readonly ServerName[]): Promise<void> {
  const fetched = await fetchServers(wanted, { progress: (line) => console.log(line) })
  for (const one of fetched) {
    if ('error' in one) fail(`${one.name} cannot be had: ${String(one.error)}`, 1)
    else console.log(`${one.name}  ${one.server.version}  ${one.server.folder}`)
  }
  console.log(`all of it is in ${serversDir()}`)
}

function fail(message: string, exitCode: number): void {
  console.error(message)
  process.exitCode = exitCode
}
