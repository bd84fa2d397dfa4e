import { once } from 'node:events'
import { isIP } from 'node:net'
import { type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2'
import type { Connection as Session } from 'mysql2/promise'
import type { Connection, Transport } from '../core/connection.ts'
import { Failure } from '../core/failure.ts'
import type { Doing, ServerError } from '../core/server-error.ts'
import { failureOf } from '../core/server-error.ts'
import { checkAddress } from './address-check.ts'
import { errnoOf } from './errno.ts'
import { tlsOptions } from './tls.ts'

export type Row = Readonly<Record<string, string | number | null>>

/** One connection to the server, to its end: no pool, no reconnect. The only place that speaks to the driver. */
export interface Link extends AsyncDisposable {
  /** CONNECTION_ID(), from the handshake. */
  readonly id: number
  /** The socket, or the host and port. */
  readonly where: string
  readonly transport: Transport
  /** Aborted when the connection is gone. */
  readonly lost: AbortSignal
  /** Throws a Failure that names the statement, and the privilege where that is what it lacked. */
  ask(statement: string, doing?: Pick<Doing, 'privilege' | 'account'>): Promise<readonly Row[]>
  /** The same with two statements at once: writers may be waiting, and each answer is a way there and back. */
  askBoth(
    statements: readonly [string, string],
    doing?: Pick<Doing, 'privilege' | 'account'>,
  ): Promise<readonly [readonly Row[], readonly Row[]]>
}

/** Throws Failure `server-unreachable`, `login-failed`, `access-denied` or `too-many-connections`, and what tls.ts throws. */
export async function connect(connection: Connection): Promise<Link> {
  const where = whereIs(connection)
  try {
    return linkOver(await login(connection), { where, transport: connection.transport })
  } catch (error) {
    throw asServerFailure(error, { what: 'connect', where })
  }
}

async function login(connection: Connection): Promise<Session> {
  try {
    return await opened(connection)
  } catch (error) {
    // PREFERRED means: encrypted where the server can.
    const cannot = errnoOf(error) === 'HANDSHAKE_NO_SSL_SUPPORT' && connection.tls.mode === 'PREFERRED'
    if (!cannot) throw error
    return await opened({ ...connection, tls: { mode: 'DISABLED' } })
  }
}

async function opened(connection: Connection): Promise<Session> {
  const address = addressToVerify(connection)
  const session = createConnection(optionsFor(connection, { verifyName: address === undefined }))
  if (address !== undefined) checkAddress(session, address)
  try {
    await once(session, 'connect')
    return session.promise()
  } catch (error) {
    // The first error says it; nobody hears those of its end.
    session.on('error', () => {})
    session.destroy()
    throw error
  }
}

/** The address that the server's certificate has to be for; undefined where none is asked, or a name. */
function addressToVerify({ transport, tls }: Connection): string | undefined {
  const verifies = tls.mode === 'VERIFY_IDENTITY' && transport.kind === 'tcp' && isIP(transport.host) !== 0
  return verifies ? transport.host : undefined
}

function linkOver(session: Session, { where, transport }: Pick<Link, 'where' | 'transport'>): Link {
  const gone = new AbortController()
  session.on('error', () => gone.abort())
  session.on('end', () => gone.abort())
  return {
    id: session.threadId,
    where,
    transport,
    lost: gone.signal,
    async ask(statement, doing) {
      try {
        const [rows] = await session.query<RowDataPacket[]>(statement)
        return Array.isArray(rows) ? rows : []
      } catch (error) {
        throw asServerFailure(error, { what: statement, where, ...doing })
      }
    },
    async askBoth(statements, doing) {
      try {
        const [[first = [], second = []]] = await session.query<RowDataPacket[][]>(statements.join('; '))
        return [first, second]
      } catch (error) {
        throw asServerFailure(error, { what: statements.join('; '), where, ...doing })
      }
    },
    async [Symbol.asyncDispose]() {
      // Closing the socket is what frees the lock; a polite end would wait for a statement that hangs.
      session.destroy()
    },
  }
}

function optionsFor(
  { user, password, connectTimeout, transport, tls }: Connection,
  { verifyName }: { readonly verifyName: boolean },
): ConnectionOptions {
  const ssl = tlsOptions(tls)
  return {
    user,
    connectTimeout,
    ...(password === undefined ? {} : { password }),
    ...(transport.kind === 'socket'
      ? { socketPath: transport.path }
      : { host: transport.host, port: transport.port }),
    ...(ssl ? { ssl: { ...ssl, verifyIdentity: ssl.verifyIdentity && verifyName } } : {}),
    // A network that is cut sends no goodbye: the kernel has to ask.
    enableKeepAlive: true,
    keepAliveInitialDelay: 5000,
    multipleStatements: true,
    supportBigNumbers: true,
    dateStrings: true,
  }
}

function whereIs({ transport }: Connection): string {
  return transport.kind === 'socket' ? transport.path : `${transport.host}:${transport.port}`
}

function asServerFailure(error: unknown, doing: Doing): Failure {
  if (error instanceof Failure) return error
  const { code = '', errno = 0, message = '' } = (error ?? {}) as Partial<ServerError>
  return failureOf({ code, errno, message: message || code }, doing)
}

/** The server's own number of an error; 0 for any other error. */
export function errnoIn(error: unknown): number {
  const cause = error instanceof Failure ? error.cause : undefined
  if (typeof cause !== 'object' || cause === null || !('errno' in cause)) return 0
  return Number(cause.errno)
}

/** For `catch`: an error of the server that means that there is nothing to do. */
export function ignoring(errno: number): (error: unknown) => void {
  return (error) => {
    if (errnoIn(error) !== errno) throw error
  }
}
