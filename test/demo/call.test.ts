import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Call, readCall } from './call.ts'

const plain = { what: 'demo', server: 'mariadb-10.11', output: 'text', folder: 'removed' } as const

const understood: readonly { argv: readonly string[]; call: Call }[] = [
  { argv: [], call: plain },
  { argv: ['--json'], call: { ...plain, output: 'json' } },
  { argv: ['--keep'], call: { ...plain, folder: 'kept' } },
  { argv: ['--server', 'mysql-5.7'], call: { ...plain, server: 'mysql-5.7' } },
  { argv: ['--server=mysql-9.7', '--json'], call: { ...plain, server: 'mysql-9.7', output: 'json' } },
  { argv: ['--help', '--json'], call: { what: 'help' } },
]

for (const { argv, call } of understood) {
  test(`demo ${argv.join(' ') || 'without words'} is understood`, () => {
    assert.deepEqual(readCall(argv), call)
  })
}

const refused: readonly { argv: readonly string[]; message: RegExp }[] = [
  { argv: ['--server', 'oracle'], message: /^--server oracle: the servers are mysql-5\.6, / },
  { argv: ['--server'], message: /--server <value>' argument missing/ },
  { argv: ['--jason'], message: /Unknown option '--jason'/ },
  { argv: ['now'], message: /Unexpected argument 'now'/ },
]

for (const { argv, message } of refused) {
  test(`demo ${argv.join(' ')} is refused, and what is wrong is said`, () => {
    assert.throws(() => readCall(argv), { message })
  })
}
