import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Failure } from '../../src/core/failure.ts'
import { failureOf, isNobodyListening, quoteAccount } from '../../src/core/server-error.ts'

const lock = { what: 'FLUSH TABLES WITH READ LOCK', where: '/run/mysqld/mysqld.sock' }
const connect = { what: 'connect', where: '/run/mysqld/mysqld.sock' }

describe('what the server or the driver says is the failure', () => {
  for (const [error, doing, code, message] of [
    [
      [1205, 'ER_LOCK_WAIT_TIMEOUT', 'Lock wait timeout exceeded'],
      lock,
      'lock-not-granted',
      'FLUSH TABLES WITH READ LOCK failed: Lock wait timeout exceeded',
    ],
    [
      [1213, 'ER_LOCK_DEADLOCK', 'Deadlock found'],
      lock,
      'lock-not-granted',
      'FLUSH TABLES WITH READ LOCK failed: Deadlock found',
    ],
    [
      [1317, 'ER_QUERY_INTERRUPTED', 'Query execution was interrupted'],
      lock,
      'lock-not-granted',
      'FLUSH TABLES WITH READ LOCK failed: Query execution was interrupted',
    ],
    [
      [1064, 'ER_PARSE_ERROR', 'You have an error'],
      lock,
      'statement-failed',
      'FLUSH TABLES WITH READ LOCK failed: You have an error',
    ],
    [
      [1053, 'ER_SERVER_SHUTDOWN', 'Server shutdown in progress'],
      lock,
      'connection-lost',
      'the connection to /run/mysqld/mysqld.sock was lost at FLUSH TABLES WITH READ LOCK: Server shutdown in progress',
    ],
    [
      [1927, 'ER_CONNECTION_KILLED', 'Connection was killed'],
      lock,
      'connection-lost',
      'the connection to /run/mysqld/mysqld.sock was lost at FLUSH TABLES WITH READ LOCK: Connection was killed',
    ],
    [
      [0, 'PROTOCOL_CONNECTION_LOST', 'Connection lost: The server closed the connection.'],
      lock,
      'connection-lost',
      'the connection to /run/mysqld/mysqld.sock was lost at FLUSH TABLES WITH READ LOCK: Connection lost: The server closed the connection.',
    ],
    [
      [-32, 'EPIPE', 'write EPIPE'],
      lock,
      'connection-lost',
      'the connection to /run/mysqld/mysqld.sock was lost at FLUSH TABLES WITH READ LOCK: write EPIPE',
    ],
    [
      [-104, 'ECONNRESET', 'read ECONNRESET'],
      lock,
      'connection-lost',
      'the connection to /run/mysqld/mysqld.sock was lost at FLUSH TABLES WITH READ LOCK: read ECONNRESET',
    ],
    [
      [0, '', "Can't add new command when connection is in closed state"],
      lock,
      'connection-lost',
      "the connection to /run/mysqld/mysqld.sock was lost at FLUSH TABLES WITH READ LOCK: Can't add new command when connection is in closed state",
    ],
    [
      [1040, 'ER_CON_COUNT_ERROR', 'Too many connections'],
      connect,
      'too-many-connections',
      'the server at /run/mysqld/mysqld.sock refuses: Too many connections',
    ],
    [
      [1203, 'ER_TOO_MANY_USER_CONNECTIONS', 'User has too many'],
      connect,
      'too-many-connections',
      'the server at /run/mysqld/mysqld.sock refuses: User has too many',
    ],
    [
      [1226, 'ER_USER_LIMIT_REACHED', 'User has exceeded'],
      connect,
      'too-many-connections',
      'the server at /run/mysqld/mysqld.sock refuses: User has exceeded',
    ],
    [
      [1044, 'ER_DBACCESS_DENIED_ERROR', 'no'],
      connect,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: no',
    ],
    [
      [1045, 'ER_ACCESS_DENIED_ERROR', 'Access denied'],
      connect,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: Access denied',
    ],
    [
      [1130, 'ER_HOST_NOT_PRIVILEGED', 'no'],
      connect,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: no',
    ],
    [
      [1251, 'ER_NOT_SUPPORTED_AUTH_MODE', 'no'],
      connect,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: no',
    ],
    [
      [1698, 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR', 'no'],
      connect,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: no',
    ],
    [
      [3118, 'ER_ACCOUNT_HAS_BEEN_LOCKED', 'no'],
      connect,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: no',
    ],
    [
      [4151, 'ER_ACCOUNT_HAS_BEEN_LOCKED', 'no'],
      connect,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: no',
    ],
    [
      [0, 'AUTH_SWITCH_PLUGIN_ERROR', 'no such plugin'],
      connect,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: no such plugin',
    ],
    [
      [-2, 'ENOENT', 'connect ENOENT'],
      connect,
      'server-unreachable',
      'no server answers at /run/mysqld/mysqld.sock: connect ENOENT',
    ],
    [
      [-111, 'ECONNREFUSED', 'connect ECONNREFUSED'],
      connect,
      'server-unreachable',
      'no server answers at /run/mysqld/mysqld.sock: connect ECONNREFUSED',
    ],
    [
      [0, 'PROTOCOL_CONNECTION_LOST', 'Connection lost'],
      connect,
      'server-unreachable',
      'no server answers at /run/mysqld/mysqld.sock: Connection lost',
    ],
    [
      [-104, 'ECONNRESET', 'read ECONNRESET'],
      connect,
      'server-unreachable',
      'no server answers at /run/mysqld/mysqld.sock: read ECONNRESET',
    ],
    [
      [1862, 'ER_MUST_CHANGE_PASSWORD_LOGIN', 'Your password has expired.'],
      connect,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: Your password has expired.',
    ],
    [
      [3955, 'ER_USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK', 'Account is blocked'],
      connect,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: Account is blocked',
    ],
    [
      [1820, 'ER_MUST_CHANGE_PASSWORD', 'You must SET PASSWORD'],
      lock,
      'access-denied',
      'the server at /run/mysqld/mysqld.sock refuses: You must SET PASSWORD',
    ],
    [
      [3032, 'ER_SERVER_OFFLINE_MODE', 'The server is currently in offline mode'],
      connect,
      'login-failed',
      'the server at /run/mysqld/mysqld.sock refuses: The server is currently in offline mode',
    ],
    [
      [3159, 'ER_SECURE_TRANSPORT_REQUIRED', 'Connections using insecure transport are prohibited'],
      connect,
      'login-failed',
      'the server at /run/mysqld/mysqld.sock refuses: Connections using insecure transport are prohibited',
    ],
    [
      [1129, 'ER_HOST_IS_BLOCKED', 'Host is blocked'],
      connect,
      'login-failed',
      'the server at /run/mysqld/mysqld.sock refuses: Host is blocked',
    ],
    [
      [0, 'HANDSHAKE_UNKNOWN_ERROR', 'Unexpected packet during handshake phase'],
      connect,
      'login-failed',
      'the server at /run/mysqld/mysqld.sock refuses: Unexpected packet during handshake phase',
    ],
    [
      [0, 'HANDSHAKE_NO_SSL_SUPPORT', 'Server does not support secure connection'],
      connect,
      'login-failed',
      'TLS with the server at /run/mysqld/mysqld.sock failed: Server does not support secure connection',
    ],
    [
      [0, 'HANDSHAKE_SSL_ERROR', 'self-signed certificate'],
      connect,
      'login-failed',
      'TLS with the server at /run/mysqld/mysqld.sock failed: self-signed certificate',
    ],
    [
      [0, 'ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'key values mismatch'],
      connect,
      'login-failed',
      'TLS with the server at /run/mysqld/mysqld.sock failed: key values mismatch',
    ],
    [
      [1053, 'ER_SERVER_SHUTDOWN', 'Server shutdown in progress'],
      connect,
      'server-unreachable',
      'no server answers at /run/mysqld/mysqld.sock: Server shutdown in progress',
    ],
  ] as const) {
    const [errno, name, said] = error
    test(`${code} for ${name || said} at ${doing.what} (${errno})`, () => {
      const failure = failureOf({ errno, code: name, message: said }, doing)
      assert.deepEqual([failure.code, failure.message], [code, message])
      assert.deepEqual(failure.cause, { errno, code: name, message: said })
    })
  }
})

describe('a plugin that the driver does not speak', () => {
  const unknown = (plugin: string) =>
    `Server requests authentication using unknown plugin ${plugin}. See TODO: add plugins doco here on how to configure or author authentication plugins.`
  for (const [plugin, code, message] of [
    ['client_ed25519', 'AUTH_SWITCH_PLUGIN_ERROR', unknown('client_ed25519')],
    ['parsec', 'AUTH_SWITCH_PLUGIN_ERROR', unknown('parsec')],
    [
      'mysql_clear_password',
      'MYSQL_CLEAR_PASSWORD_NOT_ENABLED',
      'Server requested authentication using mysql_clear_password, which sends the password in plaintext',
    ],
  ] as const)
    test(`is named: ${plugin}`, () => {
      const failure = failureOf({ errno: 0, code, message }, connect)
      assert.deepEqual(
        [failure.code, failure.message],
        [
          'access-denied',
          `the server at /run/mysqld/mysqld.sock wants the plugin ${plugin} for this account, which is not supported`,
        ],
      )
    })
})

describe('a missing privilege', () => {
  const denied = {
    errno: 1227,
    code: 'ER_SPECIFIC_ACCESS_DENIED_ERROR',
    message: 'Access denied; you need RELOAD',
  }

  test('is named with the GRANT that gives it', () => {
    const failure = failureOf(denied, { ...lock, privilege: 'RELOAD', account: "'quiesce'@'localhost'" })
    assert.deepEqual(
      [failure.code, failure.message],
      [
        'privilege-missing',
        "FLUSH TABLES WITH READ LOCK was refused: RELOAD is missing; GRANT RELOAD ON *.* TO 'quiesce'@'localhost'",
      ],
    )
  })

  test('is the one that the server itself names', () => {
    const message =
      'Access denied; you need (at least one of) the SYSTEM_USER privilege(s) for this operation'
    const doing = { what: 'KILL QUERY 7', where: lock.where, privilege: 'CONNECTION_ADMIN' }
    assert.equal(
      failureOf({ ...denied, message }, doing).message,
      'KILL QUERY 7 was refused: SYSTEM_USER is missing; GRANT SYSTEM_USER ON *.* TO the account',
    )
  })

  for (const named of ['SUPER, BINLOG MONITOR', 'BINLOG MONITOR', 'RELOAD or FLUSH_TABLES'])
    test(`is ours where the server names several, or by another name: ${named}`, () => {
      const message = `Access denied; you need (at least one of) the ${named} privilege(s) for this operation`
      const doing = { ...lock, privilege: 'REPLICATION CLIENT' }
      assert.match(failureOf({ ...denied, message }, doing).message, /: REPLICATION CLIENT is missing;/)
    })

  test('for a KILL may be either of two on MySQL, which does not say which', () => {
    const notOwner = { errno: 1095, code: 'ER_KILL_DENIED_ERROR', message: 'You are not owner of thread 7' }
    const doing = { what: 'KILL QUERY 7', where: lock.where, account: "'quiesce'@'localhost'" }
    assert.equal(
      failureOf(notOwner, { ...doing, privilege: 'CONNECTION_ADMIN' }).message,
      "KILL QUERY 7 was refused: CONNECTION_ADMIN is missing, or SYSTEM_USER if the account of that session has it; GRANT the one that is missing ON *.* TO 'quiesce'@'localhost'",
    )
    assert.equal(
      failureOf(notOwner, { ...doing, privilege: 'SUPER' }).message,
      "KILL QUERY 7 was refused: SUPER is missing; GRANT SUPER ON *.* TO 'quiesce'@'localhost'",
    )
  })

  test('that is not known is left to the reader', () => {
    assert.equal(
      failureOf(denied, lock).message,
      'FLUSH TABLES WITH READ LOCK was refused: a privilege is missing; GRANT a privilege ON *.* TO the account',
    )
  })
})

describe('an account is quoted for a GRANT', () => {
  for (const [account, quoted] of [
    ['quiesce@localhost', "'quiesce'@'localhost'"],
    ['quiesce@%', "'quiesce'@'%'"],
    ['a@b@127.0.0.1', "'a@b'@'127.0.0.1'"],
    ["o'neil@localhost", "'o''neil'@'localhost'"],
    ['@localhost', "''@'localhost'"],
  ] as const)
    test(`${account} as ${quoted}`, () => assert.equal(quoteAccount(account), quoted))
})

test('a failure is said in one line, though the statement and the server have several', () => {
  const error = { errno: 1064, code: 'ER_PARSE_ERROR', message: "an error near 'FROM\n  here'" }
  const { message } = failureOf(error, { what: 'SELECT 1\n    FROM here', where: '/run/mysqld/mysqld.sock' })
  assert.equal(message, "SELECT 1 FROM here failed: an error near 'FROM here'")
})

test('a failure does nothing to a terminal, whatever the server repeats', () => {
  const error = { errno: 1064, code: 'ER_PARSE_ERROR', message: "an error near '\x1b[2J\x07'" }
  assert.equal(failureOf(error, lock).message, "FLUSH TABLES WITH READ LOCK failed: an error near ' [2J '")
})

describe('nobody listens at the server', () => {
  for (const [code, is] of [
    ['ECONNREFUSED', true],
    ['ENOENT', true],
    ['ETIMEDOUT', false],
  ] as const)
    test(`${is ? 'where' : 'is not said where'} the connection ends with ${code}`, () =>
      assert.equal(
        isNobodyListening(new Failure('server-unreachable', 'no server answers', { cause: { code } })),
        is,
      ))

  test('is not said of anything else', () => {
    assert.equal(isNobodyListening(new Error('ECONNREFUSED')), false)
    assert.equal(isNobodyListening(new Failure('server-unreachable', 'without a cause')), false)
  })
})
