import { Failure, type FailureCode } from './failure.ts'
import { oneLine } from './one-line.ts'

/** What the driver says when something fails: its name for it, the server's number where it was the server, and the text. */
export interface ServerError {
  readonly code: string
  readonly errno: number
  readonly message: string
}

/** What was being done: for the message, and for the GRANT that is missing. */
export interface Doing {
  /** The statement that was sent, or `connect`. */
  readonly what: string
  /** Where the server is, for people: a socket's path, or host and port. */
  readonly where: string
  /** The privilege the statement needs, and the account that needs it. */
  readonly privilege?: string
  readonly account?: string
}

/** Server error numbers and driver codes that mean one of our failures (MySQL's and MariaDB's numbers agree on all of these). */
const known: Readonly<Record<string, FailureCode>> = {
  1040: 'too-many-connections', // ER_CON_COUNT_ERROR
  1203: 'too-many-connections', // ER_TOO_MANY_USER_CONNECTIONS
  1226: 'too-many-connections', // ER_USER_LIMIT_REACHED
  1044: 'access-denied', // ER_DBACCESS_DENIED_ERROR
  1045: 'access-denied', // ER_ACCESS_DENIED_ERROR
  1130: 'access-denied', // ER_HOST_NOT_PRIVILEGED
  1251: 'access-denied', // ER_NOT_SUPPORTED_AUTH_MODE
  1698: 'access-denied', // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
  1820: 'access-denied', // ER_MUST_CHANGE_PASSWORD
  1862: 'access-denied', // ER_MUST_CHANGE_PASSWORD_LOGIN
  3118: 'access-denied', // ER_ACCOUNT_HAS_BEEN_LOCKED
  3955: 'access-denied', // ER_USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK
  4151: 'access-denied', // ER_ACCOUNT_HAS_BEEN_LOCKED of MariaDB
  AUTH_SWITCH_PLUGIN_ERROR: 'access-denied',
  MYSQL_CLEAR_PASSWORD_NOT_ENABLED: 'access-denied',
  1227: 'privilege-missing', // ER_SPECIFIC_ACCESS_DENIED_ERROR
  1095: 'privilege-missing', // ER_KILL_DENIED_ERROR
  1205: 'lock-not-granted', // ER_LOCK_WAIT_TIMEOUT
  1213: 'lock-not-granted', // ER_LOCK_DEADLOCK
  1317: 'lock-not-granted', // ER_QUERY_INTERRUPTED
  1053: 'connection-lost', // ER_SERVER_SHUTDOWN
  1927: 'connection-lost', // ER_CONNECTION_KILLED of MariaDB
  PROTOCOL_CONNECTION_LOST: 'connection-lost',
  EPIPE: 'connection-lost',
  ECONNRESET: 'connection-lost',
}

export function failureOf(error: ServerError, doing: Doing): Failure {
  const code = codeOf(error, doing)
  // It becomes part of one line for people, and statements and servers' messages have several.
  return new Failure(code, oneLine(messageFor(code, error, doing)), { cause: error })
}

function codeOf(error: ServerError, { what }: Doing): FailureCode {
  const { code, errno, message } = error
  const found =
    errno === deniedAtLogin && what !== 'connect' ? 'privilege-missing' : (known[errno] ?? known[code])
  if (what === 'connect' && found === 'connection-lost') return 'server-unreachable'
  if (what === 'connect') return found ?? (hasAnswered(error) ? 'login-failed' : 'server-unreachable')
  // mysql2 refuses a command on a connection that it knows to be gone, without a code.
  if (/closed state|connection is (closed|ended)/i.test(message)) return 'connection-lost'
  return found ?? 'statement-failed'
}

/** Only who has answered gives a number, begins with TLS, or says what no login begins with. */
function hasAnswered(error: ServerError): boolean {
  return error.errno > 0 || error.code.startsWith('HANDSHAKE_') || isOfTls(error)
}

/** By the driver's names and those of OpenSSL. */
function isOfTls({ code }: ServerError): boolean {
  return /^(HANDSHAKE_(NO_)?SSL_|ERR_(OSSL|SSL|TLS)_)/.test(code)
}

/** ER_ACCESS_DENIED_ERROR, which MySQL 5.7 also gives for STOP SLAVE without SUPER. */
const deniedAtLogin = 1045

function messageFor(
  code: FailureCode,
  error: ServerError,
  { what, where, privilege, account }: Doing,
): string {
  const { message } = error
  if (code === 'privilege-missing')
    return `${what} was refused: ${missing(error, privilege)} ON *.* TO ${account ?? 'the account'}`
  const plugin = unknownPlugin.exec(message)?.[1]
  if (code === 'access-denied' && plugin !== undefined)
    return `the server at ${where} wants the plugin ${plugin} for this account, which is not supported`
  if (code === 'server-unreachable') return `no server answers at ${where}: ${message}`
  if (code === 'login-failed' && isOfTls(error)) return `TLS with the server at ${where} failed: ${message}`
  if (code === 'access-denied' || code === 'too-many-connections' || code === 'login-failed')
    return `the server at ${where} refuses: ${message}`
  if (code === 'connection-lost') return `the connection to ${where} was lost at ${what}: ${message}`
  return `${what} failed: ${message}`
}

/** As the driver says it, with advice for programmers. */
const unknownPlugin = /request(?:s|ed) authentication using (?:unknown plugin )?(\w+)/

function missing({ errno, message }: ServerError, privilege: string | undefined): string {
  if (errno === killDenied && privilege === 'CONNECTION_ADMIN')
    return 'CONNECTION_ADMIN is missing, or SYSTEM_USER if the account of that session has it; GRANT the one that is missing'
  const needed = alone.exec(message)?.[1] ?? privilege ?? 'a privilege'
  return `${needed} is missing; GRANT ${needed}`
}

/** ER_KILL_DENIED_ERROR, in which MySQL does not say what is missing (seen on 9.7). */
const killDenied = 1095

/** The privilege that the server names, if it is one, of one word: those of two have other names on other servers. */
const alone = /you need \(at least one of\) the (\w+) privilege\(s\)/

/** `quiesce@localhost`, as CURRENT_USER() has it, as a GRANT wants it. */
export function quoteAccount(account: string): string {
  const at = account.lastIndexOf('@')
  const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
  return `${quote(account.slice(0, at))}@${quote(account.slice(at + 1))}`
}

/** Whether there is nobody at the socket or the port: the server is down. One that hangs keeps its socket, and answers late or never. */
export function isNobodyListening(error: unknown): boolean {
  const cause = error instanceof Failure ? error.cause : undefined
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return code === 'ECONNREFUSED' || code === 'ENOENT'
}
