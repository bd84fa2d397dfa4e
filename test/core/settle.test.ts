import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { Failure } from '../../src/core/failure.ts'
import { settle, type Entry, type Source } from '../../src/core/settle.ts'

const client = from('[client]')
const ours = from('[mysql-quiesce]')
const commandLine = from('command line')

describe('settings', () => {
  test('are their defaults where nothing is set', () => {
    assert.deepEqual(settle([]), {
      defaultsFile: ['/root/.my.cnf'],
      recordDir: '/var/lib/mysql-quiesce',
      logFile: '/var/log/mysql-quiesce.log',
      lock: 'ftwrl',
      replica: 'lock',
      freezeWithin: 120_000,
      lockWait: 3000,
      quietQuery: 2000,
      onLongQuery: 'wait',
      maxConnectionsUsed: 95,
      flushWithin: 15_000,
      holdAtMost: 60_000,
      thawWithin: 15_000,
      connectTimeout: 5000,
    })
  })

  test('are settled by the source of highest precedence, and in it by the last line', () => {
    const sources = [
      client({ user: 'one' }),
      client({ user: 'two' }),
      ours({ 'lock-wait': '4s' }, { 'lock-wait': '5s' }),
    ]
    assert.equal(settle(sources).user, 'two')
    assert.equal(settle(sources).lockWait, 5000)
    assert.equal(settle([...sources, commandLine({ 'lock-wait': '6' })]).lockWait, 6000)
  })

  test('that may be given many times are the list of the last source that gives them', () => {
    const two = ours({ 'defaults-file': '/a' }, { 'defaults-file': '/b' })
    assert.deepEqual(settle([two]).defaultsFile, ['/a', '/b'])
    assert.deepEqual(settle([two, commandLine({ 'defaults-file': '/c' })]).defaultsFile, ['/c'])
  })

  test('may be written with _ for -', () => {
    assert.equal(settle([ours({ hold_at_most: '9s' })]).holdAtMost, 9000)
  })

  test('of other clients in [client] are ignored', () => {
    const source = client({ 'default-character-set': 'utf8mb4', 'no-auto-rehash': null, user: 'u' })
    assert.equal(settle([source]).user, 'u')
  })

  test('of ours in [client] are not read, not even wrong ones', () => {
    assert.equal(settle([client({ 'lock-wait': 'never', 'log-file': '/x' })]).lockWait, 3000)
  })

  test('are not known by an abbreviation', () => {
    assert.equal(settle([client({ pass: 'secret' })]).password, undefined)
    refused([ours({ 'hold-at': '9s' })], "FILE:1: there is no setting 'hold-at'")
  })

  test('must be right even where they are overridden', () => {
    refused(
      [ours({ 'lock-wait': 'soon' }), commandLine({ 'lock-wait': '3s' })],
      "FILE:1: lock-wait 'soon' is not a duration (90s, 500ms, 2m, 1h)",
    )
  })

  test('of whatever text are settled or refused by name, never anything else', () => {
    const names = fc.oneof(
      fc.string(),
      fc.constantFrom('ssl', 'port', 'lock', 'lock-wait', 'loose-x', 'skip_ssl'),
    )
    const entries = fc.array(fc.tuple(names, fc.option(fc.string())))
    fc.assert(
      fc.property(entries, (pairs) => {
        const source = ours(...pairs.map(([name, value]) => ({ [name]: value })))
        try {
          settle([source])
        } catch (error) {
          assert.ok(error instanceof Failure && error.code === 'bad-setting')
          assert.match(error.message, /^FILE:\d+: /)
        }
      }),
    )
  })
})

describe('unknown setting', () => {
  test('is named with its place and the nearest that there is', () => {
    refused([ours({ 'lock-wiat': '3s' })], "FILE:1: there is no setting 'lock-wiat'; did you mean lock-wait?")
    refused([ours({ sockt: '/x' })], "FILE:1: there is no setting 'sockt'; did you mean socket?")
    refused([commandLine({ 'hold-for': '3s' })], "--hold-for: there is no setting 'hold-for'")
  })

  test('is named without its value, which may be a password', () => {
    refused([ours({ pasword: 'secret' })], "FILE:1: there is no setting 'pasword'; did you mean password?")
  })

  test('is ignored with the prefix loose-, and a known one is not', () => {
    const settings = settle([ours({ 'loose-nothing': '1', loose_lock_wait: '7s', 'loose-skip-ssl': null })])
    assert.equal(settings.lockWait, 7000)
    assert.equal(settings.ssl, false)
  })
})

describe('bad duration', () => {
  test('is named with its place', () => {
    refused(
      [ours({ 'freeze-within': '2 min' })],
      "FILE:1: freeze-within '2 min' is not a duration (90s, 500ms, 2m, 1h)",
    )
    refused([commandLine({ 'lock-wait': '' })], '--lock-wait: lock-wait is empty')
    refused([ours({ 'lock-wait': null })], 'FILE:1: lock-wait has no value')
  })
})

describe('out of range', () => {
  for (const [name, value, message] of [
    ['lock-wait', '90s', 'lock-wait is 90s, out of the range from 1s to 60s'],
    ['lock-wait', '500ms', 'lock-wait is 500ms, out of the range from 1s to 60s'],
    ['lock-wait', '1500ms', 'lock-wait is 1.5s, not a multiple of 1s'],
    ['hold-at-most', '2h', 'hold-at-most is 2h, out of the range from 1s to 1h'],
    ['port', '0', "port is '0', not a port from 1 to 65535"],
    ['port', '65536', "port is '65536', not a port from 1 to 65535"],
    ['port', 'mysql', "port is 'mysql', not a port from 1 to 65535"],
    ['protocol', 'pipe', "protocol is 'pipe', not one of socket, tcp"],
    ['lock', 'none', "lock is 'none', not one of ftwrl, backup-stage, instance, backup-locks, auto"],
    ['max-connections-used', '0', "max-connections-used is '0', not a percentage from 1% to 100%"],
    ['max-connections-used', '101%', "max-connections-used is '101%', not a percentage from 1% to 100%"],
    ['max-connections-used', 'all', "max-connections-used is 'all', not a percentage from 1% to 100%"],
    ['ssl', 'perhaps', "ssl is 'perhaps', not one of 1, on, true, 0, off, false"],
  ] as const) {
    test(`${name} = ${value} is refused, and the range is said`, () => {
      refused([ours({ [name]: value })], `FILE:1: ${message}`)
    })
  }

  test('is what the range says: its ends are in it', () => {
    assert.equal(settle([ours({ 'lock-wait': '60s' })]).lockWait, 60_000)
    assert.equal(settle([ours({ 'lock-wait': '1s' })]).lockWait, 1000)
    assert.equal(settle([ours({ port: '65535' })]).port, 65_535)
  })

  test('is a lock-wait that is not shorter than freeze-within', () => {
    refused(
      [ours({ 'lock-wait': '5s' }), commandLine({ 'freeze-within': '5s' })],
      'lock-wait (5s, FILE:1) must be shorter than freeze-within (5s, --freeze-within)',
    )
    refused(
      [commandLine({ 'freeze-within': '2s' })],
      'lock-wait (3s, default) must be shorter than freeze-within (2s, --freeze-within)',
    )
    assert.equal(settle([ours({ 'lock-wait': '4s', 'freeze-within': '5s' })]).lockWait, 4000)
  })
})

describe('a flag', () => {
  for (const [name, value, ssl] of [
    ['ssl', null, true],
    ['ssl', '1', true],
    ['ssl', 'ON', true],
    ['ssl', 'true', true],
    ['ssl', '0', false],
    ['ssl', 'off', false],
    ['ssl', 'False', false],
    ['skip-ssl', null, false],
    ['skip_ssl', '1', false],
    ['skip-ssl', '0', true],
    ['disable-ssl', null, false],
    ['enable-ssl', null, true],
    ['enable-ssl', '0', false],
  ] as const) {
    test(`${name}${value === null ? '' : `=${value}`} is ${ssl}`, () => {
      assert.equal(settle([client({ [name]: value })]).ssl, ssl)
    })
  }

  test('alone has those prefixes', () => {
    refused([ours({ 'skip-socket': null })], "FILE:1: there is no setting 'skip-socket'")
    refused([ours({ 'maximum-lock-wait': '3s' })], "FILE:1: there is no setting 'maximum-lock-wait'")
  })
})

describe('a choice', () => {
  test('is read in any case, as the servers do, and kept in its own', () => {
    const settings = settle([client({ protocol: 'TCP', 'ssl-mode': 'verify_ca' })])
    assert.equal(settings.protocol, 'tcp')
    assert.equal(settings.sslMode, 'VERIFY_CA')
  })
})

describe('a password', () => {
  test('is never taken from a command line, nor repeated', () => {
    refused(
      [commandLine({ password: 'secret' })],
      '--password: every user of this machine can read a command line; the password belongs in the defaults-file, in [client]',
    )
  })

  test('may be empty, but not left out: nobody is there to type it', () => {
    assert.equal(settle([client({ password: '' })]).password, '')
    refused([client({ password: null })], 'FILE:1: password has no value')
  })

  test('that is not UTF-8 is refused and not repeated, as it could never be right', () => {
    refused([client({ password: 'caf\uFFFD' })], 'FILE:1: password has a character that is not UTF-8')
  })
})

describe('socket or TCP', () => {
  const transport = (...sources: Source[]) => {
    const { socket, host, port, protocol } = settle(sources)
    return { socket, host, port, protocol }
  }
  const none = { socket: undefined, host: undefined, port: undefined, protocol: undefined }

  test('is decided by the last source that says either; what the others said for the other is gone', () => {
    assert.deepEqual(transport(client({ host: 'db1', port: '3307' }), commandLine({ socket: '/b' })), {
      ...none,
      socket: '/b',
    })
    assert.deepEqual(transport(client({ socket: '/a', host: 'localhost' }), commandLine({ port: '3307' })), {
      ...none,
      port: 3307,
    })
    assert.deepEqual(transport(client({ protocol: 'socket', socket: '/a' }), ours({ host: 'db1' })), {
      ...none,
      host: 'db1',
    })
  })

  test('keeps what earlier sources said for the same', () => {
    assert.deepEqual(transport(client({ host: 'db1', port: '3307' }), commandLine({ host: 'db2' })), {
      ...none,
      host: 'db2',
      port: 3307,
    })
    assert.deepEqual(transport(client({ socket: '/a' }), ours({ host: 'localhost' }), ours({ user: 'u' })), {
      ...none,
      socket: '/a',
      host: 'localhost',
    })
  })

  test('is not touched in one source: connection.ts weighs that', () => {
    assert.deepEqual(transport(client({ socket: '/a', port: '3306', host: 'db1' })), {
      ...none,
      socket: '/a',
      port: 3306,
      host: 'db1',
    })
  })
})

/** Entries in the order given; in a file they stand in lines 1, 2, ... */
function from(origin: Source['origin']) {
  return (...groups: Readonly<Record<string, string | null>>[]): Source => {
    const pairs = groups.flatMap((group) => Object.entries(group))
    const entries = pairs.map(([name, value], index): Entry => {
      return { where: origin === 'command line' ? `--${name}` : `FILE:${index + 1}`, name, value }
    })
    return { origin, entries }
  }
}

function refused(sources: readonly Source[], message: string): void {
  assert.throws(() => settle(sources), { code: 'bad-setting', message })
}
