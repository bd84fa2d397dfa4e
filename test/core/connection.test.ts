import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connectionOf, usualSockets, type Tls, type Transport } from '../../src/core/connection.ts'
import { settle } from '../../src/core/settle.ts'
import type { Settings } from '../../src/core/settings.ts'

const machine = { existingSockets: ['/run/mysqld/mysqld.sock', '/tmp/mysql.sock'], osUser: 'root' }
const there = { kind: 'socket', path: '/run/mysqld/mysqld.sock' } as const

describe('a connection', () => {
  test('goes through the first socket that is there, as the user of this process', () => {
    assert.deepEqual(connectionOf(settings({}), machine), {
      user: 'root',
      connectTimeout: 5000,
      transport: there,
      tls: { mode: 'DISABLED' },
    })
  })

  test('has the user, password and timeout that are set', () => {
    const set = settings({ user: 'u', password: 'p', connectTimeout: 1000 })
    const { user, password, connectTimeout } = connectionOf(set, machine)
    assert.deepEqual({ user, password, connectTimeout }, { user: 'u', password: 'p', connectTimeout: 1000 })
  })

  test('cannot be made where no socket is set and none is there; the message says where it looked', () => {
    assert.throws(() => connectionOf(settings({}), { existingSockets: [], osUser: 'root' }), {
      code: 'server-unreachable',
      message: `no socket is set, and there is none at ${usualSockets.join(', ')}`,
    })
  })

  const tcp = (host: string, port: number): Transport => ({ kind: 'tcp', host, port })
  for (const [set, transport] of [
    [{ socket: '/a' }, { kind: 'socket', path: '/a' }],
    [
      { socket: '/a', port: 3306 },
      { kind: 'socket', path: '/a' },
    ],
    [
      { socket: '/a', host: 'localhost' },
      { kind: 'socket', path: '/a' },
    ],
    [{ socket: '/a', host: 'db1' }, tcp('db1', 3306)],
    [{ socket: '/a', protocol: 'tcp' }, tcp('127.0.0.1', 3306)],
    [{ host: 'localhost' }, there],
    [{ host: 'localhost', port: 3307 }, there],
    [{ host: 'localhost', protocol: 'tcp', port: 3307 }, tcp('localhost', 3307)],
    [{ host: '127.0.0.1' }, tcp('127.0.0.1', 3306)],
    [{ host: 'db1', protocol: 'socket' }, there],
    [{ port: 3307 }, tcp('127.0.0.1', 3307)],
    [{ protocol: 'tcp' }, tcp('127.0.0.1', 3306)],
    [{ adminPort: 3308 }, tcp('127.0.0.1', 3308)],
    [{ adminPort: 3308, socket: '/a', port: 3307 }, tcp('127.0.0.1', 3308)],
    [{ adminPort: 3308, host: 'localhost' }, tcp('127.0.0.1', 3308)],
    [{ adminPort: 3308, host: 'db1' }, tcp('db1', 3308)],
    [{ protocol: 'socket' }, there],
  ] satisfies [Partial<Settings>, Transport][]) {
    test(`with ${JSON.stringify(set)} goes through ${JSON.stringify(transport)}`, () => {
      assert.deepEqual(connectionOf(settings(set), machine).transport, transport)
    })
  }
})

describe('TLS', () => {
  const overTcp = { host: 'db1' }
  for (const [set, tls] of [
    [overTcp, { mode: 'PREFERRED' }],
    [{}, { mode: 'DISABLED' }],
    [{ sslMode: 'PREFERRED' }, { mode: 'DISABLED' }],
    [{ sslMode: 'REQUIRED' }, { mode: 'REQUIRED' }],
    [{ ...overTcp, ssl: true }, { mode: 'REQUIRED' }],
    [{ ...overTcp, ssl: false, sslVerifyServerCert: true }, { mode: 'DISABLED' }],
    [{ ...overTcp, sslVerifyServerCert: true }, { mode: 'VERIFY_IDENTITY' }],
    [{ ...overTcp, sslVerifyServerCert: false }, { mode: 'PREFERRED' }],
    [
      { ...overTcp, sslCa: '/ca' },
      { mode: 'VERIFY_CA', ca: '/ca' },
    ],
    [
      { ...overTcp, sslCapath: '/cas' },
      { mode: 'VERIFY_CA', capath: '/cas' },
    ],
    [
      { ...overTcp, sslCa: '/ca', sslVerifyServerCert: true },
      { mode: 'VERIFY_IDENTITY', ca: '/ca' },
    ],
    [{ ...overTcp, sslCa: '/ca', sslMode: 'REQUIRED' }, { mode: 'REQUIRED' }],
    [{ ...overTcp, sslMode: 'VERIFY_CA', ssl: false }, { mode: 'VERIFY_CA' }],
    [
      { ...overTcp, sslCert: '/cert', sslKey: '/key' },
      { mode: 'PREFERRED', cert: '/cert', key: '/key' },
    ],
  ] satisfies [Partial<Settings>, Tls][]) {
    test(`with ${JSON.stringify(set)} is ${JSON.stringify(tls)}`, () => {
      assert.deepEqual(connectionOf(settings(set), machine).tls, tls)
    })
  }
})

function settings(set: Partial<Settings>): Settings {
  return { ...settle([]), ...set }
}
