import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { CatalogEntry, ServerName } from './catalog.ts'

/** What a server folder's `server.json` says. It is written last: a folder that has it is complete. */
export interface ServerRecord {
  readonly name: ServerName
  readonly family: CatalogEntry['family']
  /** As `mysqld --version` gives it, three numbers. */
  readonly version: string
  /** Where it came from, in words. */
  readonly source: string
  readonly downloadBytes: number
  /** NAME=VERSION of each Debian package in it. */
  readonly packages: readonly string[]
  /** Plugins left out because a library they need is in none of the packages. */
  readonly withoutPlugins: readonly string[]
  readonly built: string
}

/** A server that is there: what it is, and its folder (bin/mysqld, bin/mysql, bin/my_print_defaults, ...). */
export interface FetchedServer extends ServerRecord {
  readonly folder: string
}

/** The folder of all fetched servers, downloads and template data directories. */
export function serversDir(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['MYSQL_QUIESCE_SERVERS']
  if (named) return resolve(named)
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mysql-quiesce', 'servers')
}

export function recordFile(folder: string): string {
  return join(folder, 'server.json')
}

/** The name of a server's folder: the one with further engines has its own. */
export function folderName(name: ServerName, engines: boolean): string {
  return engines ? `${name}+engines` : name
}

/** The server, if it is there. */
export async function findServer(
  name: ServerName,
  { root = serversDir(), engines = false }: { readonly root?: string; readonly engines?: boolean } = {},
): Promise<FetchedServer | undefined> {
  const folder = join(root, folderName(name, engines))
  const text = await readFile(recordFile(folder), 'utf8').catch(() => '{}')
  const record: unknown = JSON.parse(text)
  return isRecord(record) ? { ...record, folder } : undefined
}

function isRecord(value: unknown): value is ServerRecord {
  return typeof value === 'object' && value !== null && 'version' in value && 'built' in value
}
