import { Failure } from './failure.ts'
import type { Settings } from './settings.ts'

/** How to reach one server and log in there. */
export interface Connection {
  readonly user: string
  readonly password?: string
  /** milliseconds */
  readonly connectTimeout: number
  readonly transport: Transport
  readonly tls: Tls
}

export type Transport =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }

/**
 * The mode as MySQL names it, and files (PEM) that are still to be read; `capath` is a folder of them.
 * An authority is there only where the mode verifies against it.
 */
export interface Tls {
  readonly mode: NonNullable<Settings['sslMode']>
  readonly ca?: string
  readonly capath?: string
  readonly cert?: string
  readonly key?: string
}

/** Where servers put their socket when nobody says otherwise: Debian, RHEL, and the servers' own builds. */
export const usualSockets = [
  '/var/run/mysqld/mysqld.sock',
  '/run/mysqld/mysqld.sock',
  '/var/lib/mysql/mysql.sock',
  '/tmp/mysql.sock',
] as const

/**
 * The connection that the settings mean, on a machine where `existingSockets` of the usual ones are there and this
 * process runs as `osUser`. Throws `server-unreachable` when there is no socket to connect to.
 */
export function connectionOf(
  settings: Settings,
  { existingSockets, osUser }: { readonly existingSockets: readonly string[]; readonly osUser: string },
): Connection {
  const transport = transportOf(settings, existingSockets)
  return {
    user: settings.user ?? osUser,
    ...(settings.password === undefined ? {} : { password: settings.password }),
    connectTimeout: settings.connectTimeout,
    transport,
    tls: tlsOf(settings, transport),
  }
}

function transportOf(settings: Settings, existingSockets: readonly string[]): Transport {
  const { adminPort } = settings
  if (adminPort !== undefined) return { kind: 'tcp', host: adminHost(settings), port: adminPort }
  if (transportKind(settings) === 'tcp') {
    return { kind: 'tcp', host: settings.host ?? '127.0.0.1', port: settings.port ?? 3306 }
  }
  const path = settings.socket ?? existingSockets[0]
  if (path !== undefined) return { kind: 'socket', path }
  throw new Failure('server-unreachable', `no socket is set, and there is none at ${usualSockets.join(', ')}`)
}

/** localhost is the socket, which leads to no port of its own. */
function adminHost({ host }: Pick<Settings, 'host'>): string {
  return host === undefined || host === '' || host === 'localhost' ? '127.0.0.1' : host
}

/**
 * As MySQL's clients decide it, with one exception: for them a port without a host is ignored and the socket used,
 * which may be another server's.
 */
export function transportKind({
  protocol,
  host,
  socket,
  port,
}: Pick<Settings, 'protocol' | 'host' | 'socket' | 'port'>): Transport['kind'] {
  if (protocol !== undefined) return protocol
  if (host !== undefined && host !== '') return host === 'localhost' ? 'socket' : 'tcp'
  return socket === undefined && port !== undefined ? 'tcp' : 'socket'
}

function tlsOf(settings: Settings, transport: Transport): Tls {
  const { sslCa: ca, sslCapath: capath, sslCert: cert, sslKey: key } = settings
  const mode = tlsMode(settings, transport)
  return {
    mode,
    ...(ca && verifies(mode) ? { ca } : {}),
    ...(capath && verifies(mode) ? { capath } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
  }
}

function verifies(mode: Tls['mode']): boolean {
  return mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY'
}

/**
 * `ssl-mode` when it is set, else what the other options of MySQL's and MariaDB's clients amount to. Nothing is
 * encrypted on a socket unless it is demanded, as there.
 */
function tlsMode(settings: Settings, transport: Transport): Tls['mode'] {
  const mode = settings.sslMode ?? impliedMode(settings)
  return mode === 'PREFERRED' && transport.kind === 'socket' ? 'DISABLED' : mode
}

function impliedMode({ ssl, sslVerifyServerCert, sslCa, sslCapath }: Settings): Tls['mode'] {
  if (ssl === false) return 'DISABLED'
  if (sslVerifyServerCert) return 'VERIFY_IDENTITY'
  if (sslCa || sslCapath) return 'VERIFY_CA'
  return ssl ? 'REQUIRED' : 'PREFERRED'
}
