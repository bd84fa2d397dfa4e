/**
 * Every setting, once. Flags, option files, `--help`, the README and the shipped example are all made of this table
 * (settings-text.ts renders it, settle.ts reads it), and so is the type `Settings`.
 *
 * Group `connection` has the names and meanings of MySQL's and MariaDB's own clients, and is also read from `[client]`;
 * group `quiesce` is read from `[mysql-quiesce]` and the command line only.
 */
export const settingTable = {
  'defaults-file': {
    group: 'quiesce',
    kind: 'path',
    times: 'many',
    default: '/root/.my.cnf',
    help: 'option file with the credentials, of which [client] and [mysql-quiesce] are read; repeat it for several servers, locked as one set: all or none',
  },
  'record-dir': {
    group: 'quiesce',
    kind: 'path',
    default: '/var/lib/mysql-quiesce',
    help: 'where the coordinates are recorded before the snapshot, so that they are in it',
  },
  'log-file': {
    group: 'quiesce',
    kind: 'path',
    default: '/var/log/mysql-quiesce.log',
    help: 'where all processes log, as JSON lines',
  },
  lock: {
    group: 'quiesce',
    kind: 'choice',
    choices: ['ftwrl', 'backup-stage', 'instance', 'backup-locks', 'auto'],
    default: 'ftwrl',
    help: 'which lock is held (docs/locks.md); auto takes the one that keeps coordinates still and stalls least',
  },
  replica: {
    group: 'quiesce',
    kind: 'choice',
    choices: ['lock', 'stop-sql'],
    default: 'lock',
    help: 'what is done on a replica: lock it as it runs, or stop its SQL threads before and start them after the thaw',
  },
  'freeze-within': {
    group: 'quiesce',
    kind: 'duration',
    default: '120s',
    min: '1s',
    max: '1h',
    help: 'how long the whole freeze may take before it is undone',
  },
  'lock-wait': {
    group: 'quiesce',
    kind: 'duration',
    default: '3s',
    min: '1s',
    max: '60s',
    step: '1s',
    help: 'how long one attempt waits for the lock, and so the longest stall of writers meanwhile',
  },
  'quiet-query': {
    group: 'quiesce',
    kind: 'duration',
    default: '2s',
    min: '0s',
    max: '1h',
    help: 'no attempt is made while a statement older than this runs',
  },
  'on-long-query': {
    group: 'quiesce',
    kind: 'choice',
    choices: ['wait', 'fail', 'kill'],
    default: 'wait',
    help: 'what to do about it: wait for its end, fail at once, or end it where it is a SELECT (KILL QUERY)',
  },
  'max-connections-used': {
    group: 'quiesce',
    kind: 'percent',
    default: '95%',
    help: 'no lock is taken, and none is kept, with more of max_connections in use; 100% never minds',
  },
  'flush-within': {
    group: 'quiesce',
    kind: 'duration',
    default: '15s',
    min: '100ms',
    max: '10m',
    help: 'how long flushing to disk may take under the lock',
  },
  'hold-at-most': {
    group: 'quiesce',
    kind: 'duration',
    default: '60s',
    min: '1s',
    max: '1h',
    help: 'the lock is let go by itself after this, and the snapshot is then not consistent',
  },
  'thaw-within': {
    group: 'quiesce',
    kind: 'duration',
    default: '15s',
    min: '1s',
    max: '10m',
    help: 'how long the thaw waits for the locker to end and give its verdict',
  },
  user: {
    group: 'connection',
    kind: 'text',
    example: 'quiesce',
    help: 'account to log in as; without it, the user of the operating system',
  },
  password: {
    group: 'connection',
    kind: 'secret',
    help: 'its password; only in an option file that nobody else can read',
  },
  socket: {
    group: 'connection',
    kind: 'path',
    example: '/var/run/mysqld/mysqld.sock',
    help: 'socket file of the server; without it, the first that is there of the usual places',
  },
  host: {
    group: 'connection',
    kind: 'text',
    example: '127.0.0.1',
    help: 'host of the server; localhost means the socket, as for every MySQL client',
  },
  port: {
    group: 'connection',
    kind: 'port',
    example: '3306',
    help: 'TCP port of the server; without it, 3306',
  },
  'admin-port': {
    group: 'connection',
    kind: 'port',
    example: '3307',
    help: 'TCP port for administrators (extra_port, admin_port), used instead of socket and port; in [mysql-quiesce], for no other client knows it',
  },
  protocol: {
    group: 'connection',
    kind: 'choice',
    choices: ['socket', 'tcp'],
    example: 'tcp',
    help: 'socket or TCP, whatever the host is',
  },
  'connect-timeout': {
    group: 'connection',
    kind: 'duration',
    default: '5s',
    min: '1s',
    max: '1h',
    help: 'how long connecting and logging in may take',
  },
  'ssl-mode': {
    group: 'connection',
    kind: 'choice',
    choices: ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'],
    example: 'VERIFY_IDENTITY',
    help: 'whether TLS is used and what is verified, as for MySQL clients',
  },
  'ssl-ca': {
    group: 'connection',
    kind: 'path',
    example: '/etc/mysql/ca.pem',
    help: 'file of trusted certificate authorities (PEM)',
  },
  'ssl-capath': {
    group: 'connection',
    kind: 'path',
    example: '/etc/ssl/certs',
    help: 'folder of such files',
  },
  'ssl-cert': {
    group: 'connection',
    kind: 'path',
    example: '/etc/mysql/client-cert.pem',
    help: 'file with our own certificate (PEM)',
  },
  'ssl-key': {
    group: 'connection',
    kind: 'path',
    example: '/etc/mysql/client-key.pem',
    help: 'file with its private key (PEM)',
  },
  ssl: {
    group: 'connection',
    kind: 'flag',
    example: '1',
    help: 'as MariaDB clients write it: ssl is ssl-mode REQUIRED, skip-ssl is DISABLED',
  },
  'ssl-verify-server-cert': {
    group: 'connection',
    kind: 'flag',
    example: '1',
    help: 'as MariaDB clients write it: ssl-mode VERIFY_IDENTITY',
  },
} as const satisfies Record<string, Setting>

/**
 * One row. Durations are written as a person writes them (duration.ts), `step` is what one must be a multiple of, and
 * `example` stands in the example option file where there is no default. What may be given `many` times is a list.
 */
export type Setting = {
  readonly group: 'quiesce' | 'connection'
  readonly help: string
  readonly example?: string
} & (
  | { readonly kind: 'path'; readonly times?: 'many'; readonly default?: string }
  | { readonly kind: 'text' | 'secret' | 'port' | 'flag' | 'percent'; readonly default?: string }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default?: string }
  | {
      readonly kind: 'duration'
      readonly default: string
      readonly min: string
      readonly max: string
      readonly step?: string
    }
)

export type SettingName = keyof typeof settingTable

/** Every setting by its camelCase name, durations in milliseconds, percentages as their number; what has no default is absent until it is set. */
export type Settings = {
  readonly [Name in Defaulted as Camel<Name>]: Value<(typeof settingTable)[Name]>
} & {
  readonly [Name in Exclude<SettingName, Defaulted> as Camel<Name>]?: Value<(typeof settingTable)[Name]>
}

type Defaulted = {
  [Name in SettingName]: (typeof settingTable)[Name] extends { default: string } ? Name : never
}[SettingName]

type Value<Row extends Setting> = Row extends { times: 'many' }
  ? readonly string[]
  : Row extends { choices: readonly (infer Choice)[] }
    ? Choice
    : {
        path: string
        text: string
        secret: string
        choice: string
        port: number
        percent: number
        flag: boolean
        duration: number
      }[Row['kind']]

type Camel<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name
