import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { poolTooSmall, threadsFromVariables, toEnd } from '../../src/core/thread-pool.ts'

describe('the variables tell', () => {
  for (const [what, rows, threads] of [
    ['nothing of a server that has none of them', {}, { threadPool: null, adminPort: null }],
    [
      'a thread for each connection, whatever a pool would have',
      { thread_handling: 'one-thread-per-connection', thread_pool_max_threads: '12', extra_port: '0' },
      { threadPool: null, adminPort: null },
    ],
    [
      'the pool of MariaDB and Percona Server, and extra_port',
      {
        thread_handling: 'pool-of-threads',
        thread_pool_max_threads: '12',
        thread_pool_size: '2',
        extra_port: '3307',
      },
      { threadPool: { mostThreads: 12, groups: 2 }, adminPort: 3307 },
    ],
    [
      'the pool of MariaDB for Windows, which has no groups',
      { thread_handling: 'pool-of-threads', thread_pool_max_threads: '12' },
      { threadPool: { mostThreads: 12, groups: 1 }, adminPort: null },
    ],
    [
      "MySQL's plugin, which goes on with other threads",
      {
        thread_handling: 'loaded-dynamically',
        thread_pool_size: '2',
        admin_address: '',
        admin_port: '33062',
      },
      { threadPool: null, adminPort: null },
    ],
    [
      'the admin port of MySQL where somebody listens there',
      { admin_address: '127.0.0.1', admin_port: '33062' },
      { threadPool: null, adminPort: 33_062 },
    ],
    [
      'nothing of an address without a port',
      { admin_address: '127.0.0.1' },
      { threadPool: null, adminPort: null },
    ],
  ] as const)
    test(what, () => assert.deepEqual(threadsFromVariables(new Map(Object.entries<string>(rows))), threads))
})

describe('a thread pool', () => {
  const socket = { kind: 'socket', path: '/a' } as const
  const load = {
    threadPool: { mostThreads: 106, groups: 2 },
    adminPort: 3307,
    transport: socket,
    connections: 50,
    maxConnections: 1000,
  }
  for (const [what, different, [before, held]] of [
    ['with a thread for twice the connections', {}, ['enough', 'enough']],
    ['with one less', { connections: 51 }, ['too small', 'enough']],
    ['with a thread for 50 that may come', { connections: 0 }, ['enough', 'enough']],
    ['without', { threadPool: { mostThreads: 56, groups: 2 }, connections: 1 }, ['too small', 'enough']],
    ['with a thread for each connection that is there', { connections: 100 }, ['too small', 'enough']],
    ['with a connection more', { connections: 101 }, ['too small', 'too small']],
    [
      'with a thread for all of max_connections',
      { connections: 80, maxConnections: 100 },
      ['enough', 'enough'],
    ],
    ['that is none', { threadPool: null, connections: 500 }, ['enough', 'enough']],
    [
      'beside which we come in by the admin port',
      { transport: { kind: 'tcp', host: 'db1', port: 3307 }, connections: 500 },
      ['enough', 'enough'],
    ],
    [
      'into which we come by another port',
      { transport: { kind: 'tcp', host: 'db1', port: 3306 }, connections: 500 },
      ['too small', 'too small'],
    ],
  ] as const)
    for (const [when, is] of [
      ['before', before],
      ['held', held],
    ] as const)
      test(`${what} is ${is} ${when === 'before' ? 'before the lock' : 'while it is held'}`, () =>
        assert.equal(poolTooSmall({ ...load, ...different }, when) === null, is === 'enough'))

  test('that is too small is told with its values, and the way in beside it', () => {
    assert.equal(
      poolTooSmall({ ...load, connections: 101 }, 'held'),
      '101 connections are in use, and the thread pool has 106 threads (thread_pool_max_threads) at most: ' +
        'writers that wait could take every thread that lets go of the lock (extra_port is 3307)',
    )
    const none = poolTooSmall({ ...load, adminPort: null, connections: 101 }, 'held')
    assert.match(none ?? '', /\(extra_port is not set\)$/)
  })
})

test('a session that does not end is killed; with a pool, it needs threads first', () => {
  assert.equal(toEnd(7, { threadPool: null, maxConnections: 151 }), 'KILL 7')
  assert.equal(
    toEnd(7, { threadPool: { mostThreads: 12, groups: 2 }, maxConnections: 200 }),
    'SET GLOBAL thread_pool_max_threads = 206; KILL 7',
  )
})
