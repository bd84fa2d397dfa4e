import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { notApplicable, ok, problem, warning } from '../../src/doctor/check.ts'
import { exitCodeFor, reportJson, reportLines } from '../../src/doctor/report.ts'

const fine = { subject: 'bundle', checks: [ok('files', 'all are there')] }
const server = {
  subject: 'server',
  checks: [
    ok('login', 'q@localhost at /run/mysqld/mysqld.sock'),
    warning('binary log', 'it is off', 'switch it on'),
    problem('RELOAD', 'q@localhost does not have it', 'GRANT RELOAD'),
    notApplicable('engines', 'cannot be told', 'ask root'),
  ],
}

describe('the report', () => {
  test('is a paragraph for each subject, in columns, with what to do below what was seen', () => {
    assert.deepEqual(reportLines([fine, server], 'plain'), [
      'bundle',
      '  ok       files  all are there',
      '',
      'server',
      '  ok       login       q@localhost at /run/mysqld/mysqld.sock',
      '  warning  binary log  it is off',
      '                       do: switch it on',
      '  PROBLEM  RELOAD      q@localhost does not have it',
      '                       do: GRANT RELOAD',
      '  -        engines     cannot be told',
      '                       see: ask root',
      '',
      '1 problem, 1 warning, 2 checks are ok',
    ])
  })

  test('has colours only where they are wanted, and they change nothing else', () => {
    const coloured = reportLines([fine, server], 'coloured')
    assert.ok(coloured.some((line) => line.includes('\u001B[')))
    const plain = coloured.map((line) => stripVTControlCharacters(line))
    assert.deepEqual(plain, reportLines([fine, server], 'plain'))
  })

  test('passes on nothing that a terminal would obey, nor a line break', () => {
    const [, line] = reportLines([{ subject: 'x', checks: [ok('x', 'SELECT\n\u001B[2J1')] }], 'plain')
    assert.equal(line, '  ok       x  SELECT [2J1')
  })

  test('says so where all is well', () => {
    assert.equal(reportLines([fine], 'plain').at(-1), 'all is well: 1 check is ok')
  })

  test('as JSON has every check with its subject, and the worst result', () => {
    assert.deepEqual(JSON.parse(reportJson([fine, server], '1.2.3')), {
      version: '1.2.3',
      result: 'problem',
      checks: [
        { subject: 'bundle', name: 'files', result: 'ok', seen: 'all are there', advice: null },
        ...server.checks.map((check) => ({ subject: 'server', ...check })),
      ],
    })
  })

  for (const [checks, exitCode] of [
    [[ok('a', ''), notApplicable('b', '')], 0],
    [[ok('a', ''), warning('b', '', '')], 1],
    [[problem('a', '', ''), warning('b', '', '')], 2],
  ] as const) {
    test(`ends with ${exitCode} for ${checks.map(({ result }) => result).join(' and ')}`, () => {
      assert.equal(exitCodeFor([fine, { subject: 'x', checks }]), exitCode)
    })
  }
})
