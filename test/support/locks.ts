import type { LockName } from '../../src/core/lock-table.ts'
import type { ServerName } from '../servers/catalog.ts'

/** What an account needs for every lock and every check, beyond the documented minimum. */
export function allGrants(name: ServerName): readonly string[] {
  if (name === 'mysql-5.6') return []
  const more = name === 'mysql-9.7' ? ["GRANT BACKUP_ADMIN, SELECT ON *.* TO 'quiesce'@'localhost'"] : []
  return [...more, "GRANT SELECT ON performance_schema.* TO 'quiesce'@'localhost'"]
}

/** The locks that each real server can do. */
export const locksOf: Readonly<Record<ServerName, readonly LockName[]>> = {
  'mysql-5.6': ['ftwrl'],
  'mysql-5.7': ['ftwrl'],
  'mysql-9.7': ['ftwrl', 'instance'],
  'mariadb-10.5': ['ftwrl', 'backup-stage'],
  'mariadb-10.11': ['ftwrl', 'backup-stage'],
  'mariadb-11.8': ['ftwrl', 'backup-stage'],
}

/** The server shows its locks: performance_schema is off on MariaDB by default, its instrument on 5.7. */
export function showingLocks(name: ServerName): readonly string[] {
  if (name === 'mysql-5.6') return []
  return ['--performance-schema=ON', '--performance-schema-instrument=wait/lock/metadata/sql/mdl=ON']
}
