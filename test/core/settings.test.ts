import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseDuration } from '../../src/core/duration.ts'
import { settingTable, type Setting } from '../../src/core/settings.ts'

const rows: [string, Setting][] = Object.entries(settingTable)

describe('the table of settings', () => {
  for (const [name, row] of rows) {
    test(`${name} is in kebab-case, and its help is one clause`, () => {
      assert.match(name, /^[a-z]+(-[a-z]+)*$/)
      assert.match(row.help, /^[^A-Z\s][^\n|]*[^.\s]$|^TCP /)
    })

    if (row.kind === 'duration') {
      test(`${name} has a default within its range`, () => {
        const [min, value, max] = [row.min, row.default, row.max].map(parseDuration)
        assert.ok(min! <= value! && value! <= max!)
      })
    } else if (row.kind !== 'secret') {
      test(`${name} has a default or an example`, () => {
        assert.ok(row.default ?? row.example)
      })
    }
  }

  test('has the defaults that the design promises', () => {
    const defaults = Object.fromEntries(rows.map(([name, row]) => [name, row.default]))
    assert.deepEqual(
      Object.entries(defaults).filter(([, value]) => value !== undefined),
      [
        ['defaults-file', '/root/.my.cnf'],
        ['record-dir', '/var/lib/mysql-quiesce'],
        ['log-file', '/var/log/mysql-quiesce.log'],
        ['lock', 'ftwrl'],
        ['replica', 'lock'],
        ['freeze-within', '120s'],
        ['lock-wait', '3s'],
        ['quiet-query', '2s'],
        ['on-long-query', 'wait'],
        ['max-connections-used', '95%'],
        ['flush-within', '15s'],
        ['hold-at-most', '60s'],
        ['thaw-within', '15s'],
        ['connect-timeout', '5s'],
      ],
    )
  })
})
