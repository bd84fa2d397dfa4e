import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mayBeKilled } from '../../src/core/killing.ts'
import type { Statement } from '../../src/core/statement.ts'

const select: Statement = {
  id: 7,
  user: 'app',
  host: 'localhost',
  command: 'Query',
  age: 5000,
  state: 'Sending data',
  text: 'SELECT * FROM orders',
}

describe('KILL QUERY is for', () => {
  for (const [what, change, may] of [
    ['a SELECT', {}, true],
    ['a prepared one', { command: 'Execute' }, true],
    ['one behind a comment', { text: '/* report */ (SELECT 1)' }, true],
    ['an UPDATE', { text: 'UPDATE orders SET paid = 1' }, false],
    ['a DDL', { text: 'ALTER TABLE orders ADD note TEXT' }, false],
    ['a CALL', { text: 'CALL close_day()' }, false],
    ['a WITH, which may write', { text: 'WITH old AS (SELECT 1) DELETE FROM orders' }, false],
    ['a SELECT that locks rows', { text: 'SELECT * FROM orders FOR UPDATE' }, false],
    ['one that shares them', { text: 'SELECT * FROM orders LOCK IN SHARE MODE' }, false],
    ['one that writes a file', { text: "SELECT * INTO OUTFILE '/tmp/x' FROM orders" }, false],
    ['one that looks like a comment', { text: '/*! DELETE FROM orders */ SELECT 1' }, false],
    ['mysqldump', { text: 'SELECT /*!40001 SQL_NO_CACHE */ * FROM `orders`' }, false],
    ['an account for backups', { user: 'xtrabackup' }, false],
    ['an account for dumps', { user: 'mydumper' }, false],
    ['an account of replication', { user: 'replica' }, false],
    ['the applier of a replica', { user: 'system user' }, false],
    ['the event scheduler', { user: 'event_scheduler' }, false],
    ['a session of the server', { user: 'mysql.session' }, false],
    ['who is logging in', { user: 'unauthenticated user' }, false],
    ['who feeds a replica', { command: 'Binlog Dump GTID', text: 'SELECT 1' }, false],
    ['who rests', { command: 'Sleep', text: '' }, false],
    ['who waits for a lock, and is no culprit', { state: 'Waiting for table flush' }, false],
    ['who is killed already', { command: 'Killed' }, false],
  ] as readonly (readonly [string, Partial<Statement>, boolean])[])
    test(`${may ? '' : 'not for '}${what}`, () => assert.equal(mayBeKilled({ ...select, ...change }), may))
})
