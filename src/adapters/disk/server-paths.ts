import { type ServerPaths, serverPathsFrom, serverPathVariables } from '../../core/disk/server-paths.ts'
import { isAtLeast, type Server } from '../../core/server.ts'
import type { Link } from '../mysql.ts'
import { pairs, variableRows } from '../rows.ts'

/** Where this server keeps its files, in its own words. */
export async function pathsOf(link: Link, server: Server): Promise<ServerPaths> {
  const rows = pairs(await link.ask(variableRows(...serverPathVariables)))
  return serverPathsFrom(rows, await tablespacesElsewhere(link, server))
}

/** Before MySQL 8.0, and on MariaDB, .isl files name them instead. Needs PROCESS. */
async function tablespacesElsewhere(link: Link, server: Server): Promise<readonly string[]> {
  if (server.family === 'mariadb' || !isAtLeast(server, '8.0')) return []
  const rows = await link.ask(`SELECT PATH FROM information_schema.INNODB_DATAFILES WHERE PATH LIKE '/%'`)
  return rows.map((row) => String(row['PATH']))
}
