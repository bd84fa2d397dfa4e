import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseArgs } from 'node:util'
import { parseOptionFile } from '../../src/core/option-file.ts'
import { settingNames } from '../../src/core/setting-name.ts'
import {
  exampleOptionFile,
  parseArgsOptions,
  settingsHelp,
  settingsMarkdown,
} from '../../src/core/settings-text.ts'
import { settle } from '../../src/core/settle.ts'
import { settingTable } from '../../src/core/settings.ts'

const withoutPassword = settingNames.filter((name) => name !== 'password')

describe('the flags', () => {
  test('are config and every setting but the password', () => {
    assert.deepEqual(Object.keys(parseArgsOptions()), ['config', ...withoutPassword])
  })

  test('take the last value, where one is given twice', () => {
    const args = ['--lock-wait=1s', '--lock-wait', '2s']
    assert.equal(parseArgs({ args, options: parseArgsOptions() }).values['lock-wait'], '2s')
  })
})

describe('--help', () => {
  test('names every flag, in the order of the table', () => {
    const flags = settingsHelp().matchAll(/^ {2}--([a-z-]+) /gm)
    assert.deepEqual(
      Array.from(flags, ([, name]) => name),
      Object.keys(parseArgsOptions()),
    )
  })

  test('says default and range', () => {
    assert.match(settingsHelp(), /--lock-wait TIME\n.*\(default 3s; 1s to 60s, in steps of 1s\)\n/)
  })
})

describe('the table for the README', () => {
  test('has a row of four cells for every setting', () => {
    const [, , ...rows] = settingsMarkdown().split('\n')
    assert.deepEqual(
      rows.map((row) => row.split(' | ').length),
      settingNames.map(() => 4),
    )
    assert.match(settingsMarkdown(), /^\| `hold-at-most` \| `60s` \| 1s to 1h \| the lock .* \|$/m)
  })
})

describe('the example option file', () => {
  const uncommented = exampleOptionFile().replaceAll(/^# (?=[a-z-]+ = )/gm, '')

  test('sets nothing as it is shipped', () => {
    assert.deepEqual(parseOptionFile(exampleOptionFile(), 'example'), [])
  })

  test('has every setting but the password, in [mysql-quiesce]', () => {
    const lines = parseOptionFile(uncommented, 'example')
    assert.deepEqual(
      lines.map((line) => line.kind === 'option' && [line.group, line.name]),
      withoutPassword.map((name) => ['mysql-quiesce', name]),
    )
  })

  test('shows the defaults that are in force', () => {
    const options = parseOptionFile(uncommented, 'example').filter((line) => line.kind === 'option')
    const entries = options.map(({ name, value }) => ({ where: 'example', name, value }))
    const [shown, inForce] = [settle([{ origin: '[mysql-quiesce]', entries }]), settle([])]
    assert.deepEqual({ ...shown, ...inForce }, shown)
  })

  test('is worded as the table is', () => {
    for (const name of withoutPassword)
      assert.ok(exampleOptionFile().includes(`# ${settingTable[name].help}`), name)
  })
})
