import { chmod, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServerName } from '../../servers/catalog.ts'
import type { Server } from '../../servers/start.ts'

/** How the files of a server are spread over two disks. */
export interface Layout {
  readonly servers: readonly ServerName[]
  /** Further options of the server; `other` is a folder of the second disk. */
  readonly options?: (other: string) => readonly string[]
  /** Files of a new data directory that are moved there before it starts with these options. */
  readonly moved?: RegExp
  /** Where its binary logs are. */
  readonly logDir?: (other: string) => string
  /** Puts tables with rows on the second disk, just before the lock. */
  readonly fill?: (server: Server, other: string) => Promise<void>
}

const withLinks = ['mysql-5.6', 'mysql-5.7', 'mariadb-10.11', 'mariadb-11.8'] as const

export const layouts: Readonly<Record<string, Layout>> = {
  'the binary log on another file system': {
    servers: ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'],
    options: (other) => [`--log-bin=${other}/binlog`],
    logDir: (other) => other,
  },
  'the redo log on another file system': {
    servers: ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'],
    options: (other) => [`--innodb-log-group-home-dir=${other}`],
    moved: /^ib_logfile|^#innodb_redo$/,
  },
  'tables with DATA DIRECTORY on another file system': {
    servers: withLinks,
    fill: async (server, other) =>
      await filled(server, 'apart', [
        'CREATE DATABASE apart',
        `CREATE TABLE apart.myisam (n INT PRIMARY KEY) ENGINE=MyISAM DATA DIRECTORY='${other}' INDEX DIRECTORY='${other}'`,
        `CREATE TABLE apart.innodb (n INT PRIMARY KEY) ENGINE=InnoDB DATA DIRECTORY='${other}'`,
      ]),
  },
  'a database whose folder is a link to another file system': {
    servers: withLinks,
    async fill(server, other) {
      const folder = join(other, 'linked')
      await mkdir(folder, { mode: 0o777 })
      await chmod(folder, 0o777)
      await symlink(folder, join(server.dataDir, 'linked'))
      await filled(server, 'linked', [
        'CREATE TABLE linked.myisam (n INT PRIMARY KEY) ENGINE=MyISAM',
        'CREATE TABLE linked.innodb (n INT PRIMARY KEY) ENGINE=InnoDB',
      ])
    },
  },
}

async function filled(server: Server, database: string, tables: readonly string[]): Promise<void> {
  const rows = Array.from({ length: 50 }, (_, n) => `(${n})`).join(', ')
  const inserts = ['myisam', 'innodb'].map((table) => `INSERT INTO ${database}.${table} VALUES ${rows}`)
  await server.client([...tables, ...inserts].join(';\n'))
}
