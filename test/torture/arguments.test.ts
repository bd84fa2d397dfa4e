import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tortureArguments } from './arguments.ts'

const read = (...args: readonly string[]) => tortureArguments(args, { newSeed: 5 })

test('torture plays 3 minutes on MariaDB 10.11 from a new seed on, unless it is told otherwise', () => {
  assert.deepEqual(read(), { server: 'mariadb-10.11', seed: 5, minutes: 3, schedules: 1_000_000 })
  assert.deepEqual(read('--server', 'mysql-5.7', '--seed', '9', '--minutes', '60', '--schedules', '1'), {
    server: 'mysql-5.7',
    seed: 9,
    minutes: 60,
    schedules: 1,
  })
})

test('what it does not understand it names', () => {
  assert.throws(() => read('--minutes', 'many'), /--minutes many is not a number/)
  assert.throws(() => read('--server', 'oracle'), /there is no server oracle; the servers are mysql-5.6/)
  assert.throws(() => read('--fast'), /--fast/)
})
