import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { failures } from '../../src/core/failure.ts'
import manifest from '../../package.json' with { type: 'json' }
import { command } from '../support/command.ts'

const hint = `hint: ${failures.usage.hint}`

describe('mysql-quiesce', () => {
  test('prints its version', async () => {
    assert.deepEqual(await command('--version'), { exitCode: 0, lines: [manifest.version], notes: [] })
  })

  test('prints its commands and the meaning of every exit code', async () => {
    const { exitCode, lines, notes } = await command('--help')
    assert.deepEqual([exitCode, notes], [0, []])
    assert.ok(lines.some((line) => line.startsWith('  build [options]')))
    for (const [code, row] of Object.entries(failures)) {
      const line = lines.find((each) => each.trimStart().startsWith(`${row.exitCode}  ${code} `))
      assert.ok(line?.endsWith(row.hint), code)
    }
  })

  test('has no exit code that means two things', () => {
    const codes = Object.values(failures).map(({ exitCode }) => exitCode)
    assert.equal(new Set(codes).size, codes.length)
  })

  for (const [argv, message] of [
    [[], 'a command is missing'],
    [['bulid'], "unknown command 'bulid' (Did you mean build?)"],
    [['--frob'], "unknown option '--frob'"],
    [['build', '--frob'], "unknown option '--frob'"],
    [['build', '--out'], "option '--out <dir>' argument missing"],
    [['build', 'it'], "too many arguments for 'build'. Expected 0 arguments but got 1."],
  ] as const) {
    test(`takes '${argv.join(' ')}' for a mistake: a line and a hint, exit code 2`, async () => {
      assert.deepEqual(await command(...argv), {
        exitCode: 2,
        lines: [],
        notes: [`mysql-quiesce: ${message}`, hint],
      })
    })
  }

  test('exits with the code, says it on stderr, and prints no stack trace', () => {
    const { status, stdout, stderr } = run(['build', '--frob'], '')
    assert.deepEqual([status, stdout, stderr], [2, '', `mysql-quiesce: unknown option '--frob'\n${hint}\n`])
  })

  test('does not mind a reader that stops reading', () => {
    const { stdout, stderr } = run(['--help'], ' | true; echo "${PIPESTATUS[0]}"')
    assert.deepEqual([stdout, stderr], ['0\n', ''])
  })

  test('says that its answer finds no room, and prints no stack trace', () => {
    const { status, stderr } = run(['--help'], ' >/dev/full')
    assert.deepEqual(
      [status, stderr.split('\n')[0]],
      [55, 'mysql-quiesce: standard output cannot be written: no space left on device (ENOSPC)'],
    )
    assert.equal(stderr.split('\n').length, 3)
  })

  function run(argv: readonly string[], andThen: string) {
    const words = [process.execPath, '--import', 'tsx', 'src/bin/mysql-quiesce.ts', ...argv]
    const options = { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' } as const
    return spawnSync('/bin/bash', ['-c', `"$@"${andThen}`, 'bash', ...words], options)
  }
})
