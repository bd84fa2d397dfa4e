/**
 * The variables that say where a server keeps what a restored copy needs, as SHOW GLOBAL VARIABLES names them in MySQL 5.6 to 9.x,
 * MariaDB and Percona Server. `folder`: a directory; `file`: a file, or the start of file names; `list`: several, between `;`.
 */
const pathVariables = {
  datadir: 'folder',
  log_bin_basename: 'file',
  log_bin_index: 'file',
  relay_log_basename: 'file',
  relay_log_index: 'file',
  relay_log_info_file: 'file',
  innodb_data_home_dir: 'folder',
  innodb_log_group_home_dir: 'folder',
  innodb_undo_directory: 'folder',
  innodb_doublewrite_dir: 'folder',
  innodb_directories: 'list',
  aria_log_dir_path: 'folder',
  rocksdb_datadir: 'folder',
  rocksdb_wal_dir: 'folder',
  tokudb_data_dir: 'folder',
  tokudb_log_dir: 'folder',
  keyring_file_data: 'file',
  wsrep_data_home_dir: 'folder',
} as const satisfies Record<string, 'folder' | 'file' | 'list'>

/** `innodb_data_file_path` may name files of the system tablespace by absolute paths. */
export const serverPathVariables: readonly string[] = [
  ...Object.keys(pathVariables),
  'innodb_data_file_path',
  'pid_file',
  'socket',
]

/** Where a server keeps its files, in its own words: absolute paths in its own mount namespace. */
export interface ServerPaths {
  readonly dataDir: string
  /** Folders of everything else that a copy needs. Some may lie in the data directory, some may not exist. */
  readonly folders: readonly string[]
  /** The folder of the binary log; null where the server does not say it. */
  readonly binaryLogDir: string | null
  /** The socket that the server listens at, as it names it; null where it says none. */
  readonly socket: string | null
}

/** From the rows of SHOW GLOBAL VARIABLES, and the files of tablespaces that lie elsewhere. */
export function serverPathsFrom(
  rows: ReadonlyMap<string, string>,
  tablespaces: readonly string[] = [],
): ServerPaths {
  const dataDir = withoutSlash(rows.get('datadir') ?? '/')
  const absolute = (path: string) => (path.startsWith('/') ? path : `${dataDir}/${path.replace(/^\.\//, '')}`)
  const folders = Object.entries(pathVariables).flatMap(([name, kind]) =>
    namedBy(kind, rows.get(name)).map(absolute),
  )
  const elsewhere = [...systemTablespaces(rows.get('innodb_data_file_path')), ...tablespaces].map(folderOf)
  const basename = rows.get('log_bin_basename')
  return {
    dataDir,
    folders: [...new Set([...folders, ...elsewhere].map(withoutSlash))],
    binaryLogDir: basename ? withoutSlash(folderOf(absolute(basename))) : null,
    socket: rows.get('socket') || null,
  }
}

function namedBy(kind: 'folder' | 'file' | 'list', value: string | undefined): readonly string[] {
  if (!value) return []
  if (kind === 'list') return value.split(';').filter(Boolean)
  return [kind === 'file' ? folderOf(value) : value]
}

/** `ibdata1:12M;/fast/ibdata2:1G:autoextend`: those with an absolute path. */
function systemTablespaces(value = ''): readonly string[] {
  return value
    .split(';')
    .map((file) => file.replace(/:.*$/, ''))
    .filter((file) => file.startsWith('/'))
}

/** `.` for a name without a folder. */
function folderOf(path: string): string {
  const end = path.lastIndexOf('/')
  return end < 0 ? '.' : path.slice(0, end) || '/'
}

function withoutSlash(path: string): string {
  return path.replace(/(?:\/\.?)+$/, '') || '/'
}
